/** What pages of links say when they show no form, in English: a title, a text, and sometimes a button, for each case. */
export const noticesEn = {
  already_confirmed: {
    title: 'You are confirmed already',
    body: 'This link has done its work. Sign in with your e-mail address and your password.',
  },
  already_confirmed_without_password: {
    title: 'You are confirmed already',
    body: 'You do not have a password yet. We can send you a link to choose one.',
  },
  already_confirmed_own_site: {
    title: 'You are confirmed already',
    body: 'This link has done its work. Please go on at the site of {{portalName}}.',
  },
  deactivated: {
    title: 'Your access has been withdrawn',
    body: 'The link no longer works. If you think this is a mistake, please ask the help desk.',
  },
  link_superseded: {
    title: 'There is a newer link',
    body: 'A newer e-mail was sent to you, and only its link works. Please look for the newest e-mail, in the spam folder too.',
  },
  link_not_expired: {
    title: 'This link still works',
    body: 'You need no other link. Please open this one again and confirm your access.',
  },
  link_expired: {
    title: 'This link has expired',
    body: 'For your safety a link is good for a limited time only. Type the e-mail address that the invitation was sent to, and we will send a new link there.',
  },
  not_found: {
    title: 'This link does not work',
    body: 'It may be incomplete or no longer valid. Please open the link exactly as it is in your newest e-mail.',
  },
  invalid_request: {
    title: 'We could not read this form',
    body: 'Please open the link from the newest e-mail again and fill in the form.',
  },
  forbidden: {
    title: 'This form did not come from here',
    body: 'Please open the link from the newest e-mail again and fill in the form there.',
  },
  too_many_attempts: {
    title: 'Too many attempts',
    body_one: 'Too many wrong addresses were typed. Please try again in {{count}} minute.',
    body_other: 'Too many wrong addresses were typed. Please try again in {{count}} minutes.',
  },
  re_invite_cap_reached: {
    title: 'No more e-mails today',
    body: 'Several links were sent to you already. Please look for the newest one, the spam folder too, or ask the help desk.',
  },
  unavailable: {
    title: 'Please try again in a moment',
    body: 'We cannot reach a part of our system. Your link stays valid.',
  },
  internal_error: {
    title: 'Something went wrong on our side',
    body: 'Please try again in a moment. Your link stays valid.',
  },
  pending: {
    title: 'Nearly there',
    body: 'Your confirmation has reached us and will be recorded in a moment. There is nothing more for you to do.',
  },
  new_link: {
    title: 'A new link is on its way',
    body: 'It goes to the address that was invited. Only the newest link works.',
  },
  leading_on: {
    title: 'You are confirmed',
    body: 'We are taking you to {{ownSite}}. If nothing happens, please follow this link.',
  },
  welcome: {
    title: 'You are confirmed',
    body: 'Welcome to {{portalName}}. From now on you sign in with your e-mail address and your new password.',
  },
};
