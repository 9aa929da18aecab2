import { once } from 'node:events';
import { claimInstance } from '../../embedded/instance-claim.ts';
import { newFolder, runModule } from '../harness/embedded-processes.ts';

test('a data folder has one instance, and the claim of a killed one does not count', async () => {
  const dataDir = newFolder();
  const other = runModule(
    `const { claimInstance } = await import(root + 'embedded/instance-claim.ts');
     const claim = claimInstance(process.env.FOLDER);
     console.log(claim.afterCrash);
     setInterval(() => claim, 1_000);`,
    { FOLDER: dataDir },
  );
  await once(other.child.stdout!, 'data');
  expect(other.stdout()).toBe('false\n');
  expect(() => claimInstance(dataDir)).toThrow(
    new Error(`Another npm start is running on ${dataDir}: stop it, or set DATA_DIR to another folder.`),
  );

  other.child.kill('SIGKILL');
  await other.ended;
  const claim = claimInstance(dataDir);
  expect(claim.afterCrash).toBe(true);
  claim.release();

  const next = claimInstance(dataDir);
  expect(next.afterCrash).toBe(false);
  next.release();
});
