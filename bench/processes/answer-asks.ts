/**
 * The child's side of `startProcess`: answers each message of the parent with what `handle` returns, then ends with it.
 * A failure is told to the parent, which fails there.
 */
export function answerAsks<Question, Answer>(handle: (question: Question) => Promise<Answer>): void {
  process.on('message', async ({ id, question }: { id: number; question: Question }) => {
    try {
      process.send!({ id, answer: await handle(question) });
    } catch (error) {
      process.send!({ id, failed: (error as Error).stack });
    }
  });
  process.once('disconnect', () => process.exit(0));
  process.send!({ ready: true });
}
