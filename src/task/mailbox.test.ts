import { describe, expect, it } from 'vitest';
import { Mailbox, MAILBOX_LETTERS_MAX } from './mailbox.ts';

describe('Mailbox', () => {
  it('asks for a step with each letter and runs letters in order, only when it is drained', () => {
    const log: string[] = [];
    const mailbox = new Mailbox(() => log.push('wake up'));
    expect(mailbox.isEmpty).toBe(true);
    mailbox.post(() => log.push('first'));
    mailbox.post(() => log.push('second'));
    expect(mailbox.isEmpty).toBe(false);
    expect(log).toEqual(['wake up', 'wake up']);
    expect(mailbox.drain()).toBe(2);
    expect(log).toEqual(['wake up', 'wake up', 'first', 'second']);
    expect(mailbox.drain()).toBe(0);
  });

  it('leaves letters that are posted by letters to the next step', () => {
    const log: string[] = [];
    const mailbox = new Mailbox(() => {});
    mailbox.post(() => {
      log.push('first');
      mailbox.post(() => log.push('second'));
    });
    expect(mailbox.drain()).toBe(1);
    expect(log).toEqual(['first']);
    expect(mailbox.drain()).toBe(1);
    expect(log).toEqual(['first', 'second']);
  });

  it('drops what lies behind a letter that throws: its subtask has failed', () => {
    const mailbox = new Mailbox(() => {});
    mailbox.post(() => {
      throw new Error('broken');
    });
    mailbox.post(() => expect.unreachable());
    expect(() => mailbox.drain()).toThrow('broken');
    expect(mailbox.isEmpty).toBe(true);
  });

  it('is bounded', () => {
    const mailbox = new Mailbox(() => {});
    for (let count = 0; count < MAILBOX_LETTERS_MAX; count++) mailbox.post(() => {});
    expect(() => mailbox.post(() => {})).toThrow(`More than ${MAILBOX_LETTERS_MAX} letters`);
    expect(mailbox.drain()).toBe(MAILBOX_LETTERS_MAX);
  });
});
