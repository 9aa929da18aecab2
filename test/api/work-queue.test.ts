import { expect, test } from '@jest/globals';
import { workQueue } from '../../commands/work-queue.ts';

/** Tasks that end when they are told to. */
function tasks(atOnce: number, waiting: number) {
  const inTurn = workQueue({ atOnce, waiting });
  const started: number[] = [];
  const running = new Map<number, PromiseWithResolvers<void>>();
  return {
    started,
    add: (n: number) =>
      inTurn(async () => {
        started.push(n);
        running.set(n, Promise.withResolvers<void>());
        await running.get(n)!.promise;
        return n;
      }),
    async end(n: number, error?: Error) {
      await new Promise(setImmediate);
      if (error) running.get(n)!.reject(error);
      else running.get(n)!.resolve();
      await new Promise(setImmediate);
    },
  };
}

test('only so many run at once, the others in the order they came', async () => {
  const { started, add, end } = tasks(2, 10);
  const results = [1, 2, 3, 4].map(add);
  await new Promise(setImmediate);
  expect(started).toEqual([1, 2]);
  await end(2);
  expect(started).toEqual([1, 2, 3]);
  await end(1);
  await end(3);
  await end(4);
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
});

test('a task that fails makes place for the next, and its failure is told', async () => {
  const { started, add, end } = tasks(1, 10);
  const [first, second] = [add(1), add(2)];
  const failure = expect(first).rejects.toThrow('No');
  await end(1, new Error('No'));
  await failure;
  expect(started).toEqual([1, 2]);
  await end(2);
  expect(await second).toBe(2);
});

test('who finds too many waiting is sent away, and the place is free again later', async () => {
  const { add, end } = tasks(1, 1);
  const [first, second] = [add(1), add(2)];
  await expect(add(3)).rejects.toMatchObject({ code: 'unavailable', details: { retryAfter: 5 } });
  await end(1);
  await end(2);
  await Promise.all([first, second]);
  const fourth = add(4);
  await end(4);
  expect(await fourth).toBe(4);
});
