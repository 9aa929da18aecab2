import { z } from 'zod';
import { DELIVERIES, OPERATOR_ROLES } from '../vocabulary/statuses.ts';
import { pageOf, pageQuery } from './contact.ts';
import { EmailAddress, Id, Name, Timestamp } from './text.ts';

const Role = z
  .enum(OPERATOR_ROLES)
  .meta({ description: "Owners also change the portal's settings, keys and operators." });

export const NewOperator = z
  .strictObject({
    email: EmailAddress,
    name: Name,
    role: Role.default('staff'),
    password: z.unknown().optional().meta({
      deprecated: true,
      description:
        'Refused with `password_not_accepted`: operators choose their own password by the link that is mailed to them.',
    }),
  })
  .meta({ id: 'NewOperator' });
export type NewOperator = z.output<typeof NewOperator>;

export const OperatorChange = z.strictObject({ role: Role });
export const OwnName = z.strictObject({ name: Name });
export const OwnPassword = z.strictObject({
  currentPassword: z.string(),
  password: z.string(),
  passwordAgain: z.string(),
});
export type OwnPassword = z.output<typeof OwnPassword>;

const operator = {
  id: Id,
  email: z.string(),
  name: z.string(),
  role: Role,
  status: z
    .enum(['pending', 'active'])
    .meta({ description: 'Active once the operator has accepted by the mailed link.' }),
  invitation: z
    .object({
      generation: z.int().meta({ description: 'Number of the newest link: only that one works.' }),
      linkExpiresAt: Timestamp.nullable(),
      linkExpired: z.boolean().meta({ description: 'Whether the newest link is too old to accept with.' }),
      delivery: z.enum(DELIVERIES),
      queuedAt: Timestamp.nullable().meta({ description: 'When the newest e-mail was queued.' }),
      reply: z
        .string()
        .nullable()
        .meta({ description: "The mail server's last reply, where it did not accept the e-mail." }),
    })
    .nullable()
    .meta({ description: 'Null for an active operator.' }),
  createdAt: Timestamp.meta({ description: 'When they were added to this portal.' }),
};

export const OperatorAnswer = z.object(operator).meta({ id: 'Operator' });
export type OperatorAnswer = z.output<typeof OperatorAnswer>;

export const OperatorPage = pageOf(OperatorAnswer);
export const OperatorsQuery = z.strictObject(pageQuery);
