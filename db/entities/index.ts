export { ApiKey } from './api-key.ts';
export { Contact } from './contact.ts';
export { Event } from './event.ts';
export { InvitationEmail } from './invitation-email.ts';
export { Portal } from './portal.ts';
export { PortalUser } from './portal-user.ts';
export { RememberedAnswer } from './remembered-answer.ts';
