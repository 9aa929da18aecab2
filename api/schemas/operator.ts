import { z } from 'zod';
import { OPERATOR_ROLES } from '../../workflows/vocabulary.ts';
import { MIN_PASSWORD_LENGTH } from '../password.ts';
import { pageOf, pageQuery } from './page.ts';
import { EmailAddress, Id, Name, Timestamp } from './text.ts';

const Role = z
  .enum(OPERATOR_ROLES)
  .meta({ description: "Owners also change the portal's settings, keys and operators." });

export const NewOperator = z
  .strictObject({
    email: EmailAddress,
    name: Name,
    role: Role.default('staff'),
    password: z
      .string()
      .optional()
      .meta({ description: `At least ${MIN_PASSWORD_LENGTH} characters. Left out: one is made and answered.` }),
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
  createdAt: Timestamp.meta({ description: 'Since when they work for this portal.' }),
};

export const OperatorAnswer = z.object(operator).meta({ id: 'Operator' });
export type OperatorAnswer = z.output<typeof OperatorAnswer>;

export const AddedOperatorAnswer = z
  .object({
    ...operator,
    initialPassword: z.string().nullable().meta({
      description: 'The password that was made, shown this once. Null where one was given, or they had one already.',
    }),
  })
  .meta({ id: 'AddedOperator' });

export const OperatorPage = pageOf(OperatorAnswer);
export const OperatorsQuery = z.strictObject(pageQuery);
