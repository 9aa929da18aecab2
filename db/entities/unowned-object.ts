import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/**
 * An object outside of Postgres that no attachment owns: not yet, since the transaction that will is not committed, or no more,
 * since the attachment's row was deleted. The housekeeping erases it, and this row after it.
 */
export const UnownedObject = defineEntity({
  name: 'UnownedObject',
  tableName: 'unowned_objects',
  properties: {
    /** The id of the attachment. */
    id: p.uuid().primary(),
    since: p.datetime(3),
    /** From now on no attachment can own it any more. */
    isBeingErased: p.boolean().default(false),
  },
  indexes: [{ name: 'unowned_objects_since_index', properties: ['isBeingErased', 'since'] }],
});
export type UnownedObject = InferEntity<typeof UnownedObject>;
