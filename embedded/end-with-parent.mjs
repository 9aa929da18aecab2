// Preloaded by `npm test` into Jest and, as Node hands it on, into Jest's workers, which otherwise go on when whoever
// started them is killed.

/** Soon enough that nobody sees them linger. */
const POLL_MS = 500;

// A listener for 'disconnect' would keep the process alive; asking now and then does not.
if (process.connected) setInterval(() => process.connected || process.exit(1), POLL_MS).unref();
