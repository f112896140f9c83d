import { createServer } from 'node:net';

/** Below the ports that systems give to clients: of those, one may be taken between this look and the server's start. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** A port of this machine that nobody listens on now. */
export async function freePort(): Promise<number> {
  const start = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
  for (let port = start; port < start + 100; port++) {
    if (await isFree(port)) return port;
  }
  throw new Error(`There is no free port from ${start} on`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
