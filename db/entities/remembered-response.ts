import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** The first answer given under an Idempotency-Key, encrypted: `web/idempotency.ts`. */
export const RememberedResponse = defineEntity({
  name: 'RememberedResponse',
  tableName: 'remembered_answers',
  properties: {
    /** The portal's id, or `*` for calls above any portal. */
    scope: p.text().primary(),
    /** SHA-256 of the Idempotency-Key, in hexadecimal: the key itself is one half of what decrypts the answer. */
    keyHash: p.text().primary(),
    /** Id of the server key that is the other half; -1 for rows of a release that encrypted nothing, whose answers are erased. */
    keyId: p.integer(),
    /** Null while the first call is being answered. */
    sealed: p.blob().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()').index(),
  },
});
export type RememberedResponse = InferEntity<typeof RememberedResponse>;
