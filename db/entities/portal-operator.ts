import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { OPERATOR_ROLES } from '../../workflows/vocabulary.ts';
import { Operator } from './operator.ts';
import { Portal } from './portal.ts';

/** That an operator works for a portal, and what they may do there. */
export const PortalOperator = defineEntity({
  name: 'PortalOperator',
  tableName: 'portal_operators',
  properties: {
    operator: () => p.manyToOne(Operator).ref().primary().deleteRule('cascade'),
    portal: () => p.manyToOne(Portal).ref().primary().deleteRule('cascade').index(),
    role: p.enum(OPERATOR_ROLES),
    createdAt: p.datetime(3).onCreate(() => new Date()),
  },
});
export type PortalOperator = InferEntity<typeof PortalOperator>;
