import { join } from 'node:path';
import { LOOPBACK } from './ports.ts';
import { DEMO_OPERATOR_EMAIL } from './seed.ts';
import type { Servers } from './servers.ts';
import type { Secrets, Settings } from './settings.ts';

const MAIL_FROM = 'invitations@localhost.localdomain';
/** Meant for the Temporal this user works with otherwise; the embedded one knows no such namespace, key or certificate. */
const OTHER_TEMPORAL = /^TEMPORAL_(NAMESPACE|PROFILE|API_KEY|TLS|TLS_.*|GRPC_META_.*|CODEC_.*)$/;

/** The environment of migration, worker and API: ours, with the addresses and secrets of this start. */
export function childEnvironment(
  { dataDir, ports, publicUrl, external }: Settings,
  { postgres, temporal, mailbox }: Servers,
  { adminApiKey, linkKeys, demoOperatorPassword }: Secrets,
): NodeJS.ProcessEnv {
  return {
    ...(temporal ? withoutOtherTemporal(process.env, dataDir) : process.env),
    HOST: LOOPBACK,
    PORT: String(ports.PORT),
    PUBLIC_URL: publicUrl,
    DATABASE_URL: postgres?.url ?? external.databaseUrl,
    TEMPORAL_ADDRESS: temporal?.address ?? external.temporalAddress,
    ...(temporal && { TEMPORAL_UI_URL: temporal.uiUrl }),
    SMTP_URL: mailbox?.smtpUrl ?? external.smtpUrl,
    MAIL_FROM: process.env.MAIL_FROM || MAIL_FROM,
    ADMIN_API_KEY: adminApiKey,
    LINK_KEYS: linkKeys,
    ...(!process.env.OPERATOR_EMAIL && {
      OPERATOR_EMAIL: DEMO_OPERATOR_EMAIL,
      OPERATOR_PASSWORD: demoOperatorPassword,
    }),
  };
}

function withoutOtherTemporal(env: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !OTHER_TEMPORAL.test(name));
  // a file that is not there counts as empty, an empty one does not
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: join(dataDir, 'no-temporal-profiles.toml') };
}
