import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { Operator } from './operator.ts';
import { Portal } from './portal.ts';

/** What a portal called an operator who was removed: its history still names them. Opens nothing. */
export const FormerPortalOperator = defineEntity({
  name: 'FormerPortalOperator',
  tableName: 'former_portal_operators',
  properties: {
    operator: () => p.manyToOne(Operator).ref().primary().deleteRule('cascade'),
    portal: () => p.manyToOne(Portal).ref().primary().deleteRule('cascade'),
    name: p.text(),
  },
});
export type FormerPortalOperator = InferEntity<typeof FormerPortalOperator>;
