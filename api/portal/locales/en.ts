/** What the portal's pages say, in English. The other languages have the same keys. */
export const en = {
  confirm: {
    title: 'Confirm your access',
    intro: 'Choose a password, {{name}}. You will sign in to {{portalName}} with it.',
    email: 'Your e-mail address',
    password: 'Password',
    passwordHint: 'At least {{minLength}} characters. Four or five words are easy to remember and hard to guess.',
    passwordAgain: 'The same password again',
    button: 'Confirm my access',
  },
  refused: {
    password_too_short: 'Please use at least {{minLength}} characters.',
    password_too_long: 'Please use at most {{maxLength}} characters.',
    password_too_common: 'This password is too easy to guess. Please choose another one.',
    passwords_differ: 'The two passwords are not the same. Please type them again.',
  },
  notice: {
    already_confirmed: {
      title: 'You are confirmed already',
      body: 'This link has done its work. Sign in with your e-mail address and your password.',
    },
    deactivated: {
      title: 'Your access has been withdrawn',
      body: 'The link no longer works. If you think this is a mistake, please ask the help desk.',
    },
    link_superseded: {
      title: 'There is a newer link',
      body: 'A newer e-mail has replaced this link. Please use the newest one, or have another sent to you.',
    },
    link_expired: {
      title: 'This link has expired',
      body: 'For your safety a link is good for a limited time only. We can send you a new one.',
    },
    not_found: {
      title: 'This link does not work',
      body: 'It may be incomplete. Please open it exactly as it stands in the newest e-mail.',
    },
    invalid_request: {
      title: 'We could not read this form',
      body: 'Please open the link from the newest e-mail again and fill in the form.',
    },
    re_invite_too_soon: {
      title: 'An e-mail was sent only a moment ago',
      body: 'Please look into your mailbox, the spam folder too. You can ask for another link in {{seconds}} seconds.',
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
    welcome: {
      title: 'You are confirmed',
      body: 'Welcome to {{portalName}}. From now on you sign in with your e-mail address and your new password.',
    },
  },
  sendNewLink: 'Send me a new link',
  tryAgain: 'Try again',
};
