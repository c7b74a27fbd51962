import { expect, test } from 'vitest';
import { parseIssueCommand } from '../../../pipeline/stages/commands/parse-issue-command.ts';

test.each([
  ['/cinematch retrain', { verb: 'retrain' }],
  ['/cinematch ack', { verb: 'ack' }],
  ['/cinematch unmute', { verb: 'unmute' }],
  ['/cinematch status', { verb: 'status' }],
  ['/cinematch mute 14d', { verb: 'mute', hours: 336 }],
  ['/cinematch mute 1h', { verb: 'mute', hours: 1 }],
  ['/cinematch mute 90d', { verb: 'mute', hours: 2_160 }],
  ['/cinematch mute 2w', { verb: 'mute', hours: 336 }],
  ['  /CineMatch   Mute  14D  \r\nthank you', { verb: 'mute', hours: 336 }],
  ['I have looked.\n\n/cinematch ack\n/cinematch retrain', { verb: 'ack' }],
  ['> /cinematch retrain\n\n/cinematch ack', { verb: 'ack' }],
  ['```\n/cinematch retrain\n```\n/cinematch ack', { verb: 'ack' }],
  [
    '/cinematch quarantine user 12',
    { verb: 'quarantine', action: 'quarantine', subjects: [{ kind: 'user', id: 12 }], reason: '' },
  ],
  [
    '/cinematch Quarantine Movie 260 318 Bombed since Monday',
    {
      verb: 'quarantine',
      action: 'quarantine',
      subjects: [
        { kind: 'movie', id: 260 },
        { kind: 'movie', id: 318 },
      ],
      reason: 'Bombed since Monday',
    },
  ],
  [
    '/cinematch quarantine release batch 7',
    { verb: 'quarantine', action: 'release', subjects: [{ kind: 'batch', id: 7 }] },
  ],
  ['/cinematch quarantine list', { verb: 'quarantine', action: 'list' }],
])('%j is a command', (body, command) => {
  expect(parseIssueCommand(body)).toEqual(command);
});

test.each([
  'What does it mean?',
  'Please write /cinematch retrain',
  '`/cinematch retrain`',
  '> /cinematch retrain',
  '    /cinematch retrain',
  '```sh\n/cinematch retrain',
  '~~~~\n```\n/cinematch retrain\n~~~\n~~~~',
  '<!--\n/cinematch retrain\n-->',
  '/cinematchretrain',
  '',
])('%j holds none', (body) => {
  expect(parseIssueCommand(body)).toBeNull();
});

test.each([
  '/cinematch',
  '/cinematch help',
  '/cinematch retrain now',
  '/cinematch mute',
  '/cinematch mute 0d',
  '/cinematch mute 91d',
  '/cinematch mute 14',
  '/cinematch mute 1.5d',
  '/cinematch mute -1d',
  '/cinematch mute 99999999999999999999d',
  '/cinematch mute 14d please',
  '/cinematch quarantine',
  '/cinematch quarantine user',
  '/cinematch quarantine user 2147483648',
  '/cinematch quarantine user 2147483648',
  '/cinematch quarantine user ada',
  '/cinematch quarantine genre 3',
  '/cinematch quarantine 12',
  '/cinematch quarantine list all',
  '/cinematch quarantine release user 12 please',
])('%j is no command there is', (line) => {
  expect(parseIssueCommand(`Hello,\n${line}`)).toEqual({ verb: 'invalid', line });
});
