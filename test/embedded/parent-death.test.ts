import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, isPortBusy } from '../../embedded/ports.ts';
import { isRunning, newFolder, runModule } from '../harness/embedded-processes.ts';
import { eventually } from '../harness/eventually.ts';

test('a program on a leash, and the leash itself, end when the process that started them is killed', async () => {
  const parent = runModule(
    `const { spawnOnLeash } = await import(root + 'embedded/leash.ts');
     const script = 'echo $$ $PPID; exec sleep 1000';
     spawnOnLeash({ command: '/bin/sh', args: ['-c', script], stopSignal: 'SIGTERM', output: 1 });`,
  );
  await once(parent.child.stdout!, 'data');
  const [program, leash] = parent.stdout().trim().split(' ').map(Number) as [number, number];
  expect([isRunning(program), isRunning(leash)]).toEqual([true, true]);

  parent.child.kill('SIGKILL');
  await eventually(() => !isRunning(program) && !isRunning(leash), 'the end of program and leash');
});

test('the mailbox ends when the process that started it is killed', async () => {
  const [smtpPort, webPort, folder] = [await freePort(), await freePort(), newFolder()];
  const parent = runModule(
    `const { startMailbox } = await import(root + 'embedded/mailbox.ts');
     await startMailbox(JSON.parse(process.env.OPTIONS));
     console.log('ready');
     setInterval(() => {}, 1_000);`,
    { OPTIONS: JSON.stringify({ smtpPort, webPort, mailDir: join(folder, 'mails'), logFile: join(folder, 'log') }) },
  );
  await once(parent.child.stdout!, 'data');
  expect([await isPortBusy(smtpPort), await isPortBusy(webPort)]).toEqual([true, true]);

  parent.child.kill('SIGKILL');
  await eventually(async () => !(await isPortBusy(smtpPort)) && !(await isPortBusy(webPort)), 'the end of the mailbox');
});
