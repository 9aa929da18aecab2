import type { RequestStatus } from '../workflows/vocabulary.ts';
import type { Language } from './languages.ts';

/** What an e-mail about a request says. Kept with the e-mail, so that a retried sending is the same to the byte. */
export interface RequestEmailContent {
  language: Language;
  portalName: string;
  /** `#rrggbb` */
  color: string;
  logoUrl: string | null;
  senderName: string;
  replyTo: string | null;
  name: string;
  number: number;
  subject: string;
  /** Address of the request's page, which asks to sign in, or of the organisation's own site. */
  link: string;
  /** Nobody signs in here then. */
  hasOwnSite: boolean;
  /** What is told: the text of a reply, a new status, or both. */
  reply: { text: string; by: string } | null;
  status: RequestStatus | null;
}
