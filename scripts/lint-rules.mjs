// Lint rules of this repository that oxlint does not have. Loaded by oxlint.config.ts.

/** `new Date()` and `Date()` read the clock; `new Date(ms)` does not. */
const noClockDate = {
  create(context) {
    const check = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return;
      if (node.type === 'NewExpression' && node.arguments.length > 0) return;
      context.report({
        node,
        message: 'Date without arguments reads the clock: take the time from the Clock of base/',
      });
    };
    return { NewExpression: check, CallExpression: check };
  },
};

/** Star exports make the public surface grow unseen and close import cycles. */
const noStarExport = {
  create(context) {
    return {
      ExportAllDeclaration(node) {
        context.report({ node, message: "'export *' is banned: name what is exported" });
      },
    };
  },
};

export default {
  meta: { name: 'millrace' },
  rules: { 'no-clock-date': noClockDate, 'no-star-export': noStarExport },
};
