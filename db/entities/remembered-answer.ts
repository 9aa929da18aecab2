import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** The first answer given under an Idempotency-Key, written in the transaction of its effect. */
export const RememberedAnswer = defineEntity({
  name: 'RememberedAnswer',
  tableName: 'remembered_answers',
  properties: {
    /** The portal's id, or `*` for calls above any portal. */
    scope: p.text().primary(),
    key: p.text().primary(),
    /** SHA-256 over method, path and payload. */
    fingerprint: p.blob(),
    status: p.integer(),
    location: p.text().nullable(),
    body: p.json<unknown>().columnType('json'),
    createdAt: p
      .datetime(3)
      .onCreate(() => new Date())
      .index(),
  },
});
export type RememberedAnswer = InferEntity<typeof RememberedAnswer>;
