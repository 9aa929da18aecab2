/** What the e-mails say, in English. The other languages have the same keys. */
export const en = {
  invitation: {
    subject: 'Your access to {{portalName}}',
    preview: { byPassword: 'Confirm your access and choose a password.', byAddress: 'Confirm your access.' },
    greeting: 'Hello {{name}},',
    body: '{{portalName}} has given you access to its customer portal. There you can send requests and follow what becomes of them.',
    action: {
      byPassword: 'Please confirm your access and choose a password:',
      byAddress: 'Please confirm your access. You will be asked for your e-mail address:',
    },
    unexpected: {
      byPassword:
        'You did not expect this e-mail? Then just ignore it: nothing happens unless you open the link and choose a password.',
      byAddress:
        'You did not expect this e-mail? Then just ignore it: nothing happens unless you open the link and type your address.',
    },
    button: 'Confirm my access',
    validity: 'The link is good for {{validity}}. Only the newest link we sent you works.',
    deadline: 'The link is good until {{deadline}} (UTC). Only the newest link we sent you works.',
  },
  reminder: {
    subject: 'Reminder: your access to {{portalName}}',
    preview: {
      byPassword: 'Your access is waiting for you to confirm it.',
      byAddress: 'Your access is waiting for you to confirm it.',
    },
    greeting: 'Hello {{name}},',
    body: '{{portalName}} has given you access to its customer portal, and you have not confirmed it yet.',
    action: {
      byPassword: 'Please confirm your access and choose a password:',
      byAddress: 'Please confirm your access. You will be asked for your e-mail address:',
    },
    unexpected: {
      byPassword:
        'You did not expect this e-mail? Then just ignore it: nothing happens unless you open the link and choose a password.',
      byAddress:
        'You did not expect this e-mail? Then just ignore it: nothing happens unless you open the link and type your address.',
    },
    button: 'Confirm my access',
    validity: 'The link is good for {{validity}}. Only the newest link we sent you works.',
    deadline: 'The link is good until {{deadline}} (UTC). Only the newest link we sent you works.',
  },
  request: {
    subject: 'Re: [#{{number}}] {{subject}}',
    greeting: 'Hello {{name}},',
    replied: '{{by}} has answered your request #{{number}}, “{{subject}}”:',
    changed: 'Your request #{{number}}, “{{subject}}”, is {{statusName}} now.',
    statuses: { open: 'open', on_hold: 'on hold', closed: 'closed' },
    button: 'See the request and answer',
    howToReply: {
      here: 'You can answer at this address after signing in with your e-mail address and your password.',
      elsewhere: 'You can answer at this address.',
    },
  },
  passwordReset: {
    subject: 'A new password for {{portalName}}',
    preview: 'Choose a new password.',
    greeting: 'Hello {{name}},',
    body: 'Somebody, most likely you, has asked for a new password for the customer portal of {{portalName}}. You choose it here:',
    button: 'Choose a new password',
    deadline: 'The link is good until {{deadline}} (UTC), and for one new password.',
    unexpected: 'You did not ask for it? Then just ignore this e-mail: your password stays as it is.',
  },
  operatorPasswordReset: {
    subject: 'A new password for {{portalName}}',
    preview: 'Choose a new password.',
    greeting: 'Hello {{name}},',
    body: 'Somebody, most likely you, has asked for a new password for the console of {{portalName}}. You choose it here:',
    button: 'Choose a new password',
    deadline: 'The link is good until {{deadline}} (UTC), and for one new password.',
    unexpected: 'You did not ask for it? Then just ignore this e-mail: your password stays as it is.',
  },
  operatorInvitation: {
    subject: 'An invitation to work for {{portalName}}',
    preview: 'Accept the invitation to work for {{portalName}}.',
    greeting: 'Hello {{name}},',
    body: {
      owner:
        '{{portalName}} invites you to look after its customer portal in the console of {{consoleName}}. As an owner you also change its settings, keys and operators.',
      staff: '{{portalName}} invites you to look after its customer portal in the console of {{consoleName}}.',
    },
    action: 'Accept the invitation here. You need a password of your own, or choose one there:',
    button: 'Accept the invitation',
    deadline: 'The link is good until {{deadline}} (UTC). Only the newest link we sent you works.',
    unexpected: 'You did not expect this e-mail? Then just ignore it: nothing happens unless you accept.',
  },
  passwordChanged: {
    subject: 'Your password for {{portalName}} was changed',
    preview: 'Your password was changed on {{changedAt}} (UTC).',
    greeting: 'Hello {{name}},',
    body: 'Your password for the customer portal of {{portalName}} was changed on {{changedAt}} (UTC).',
    expected: 'If you changed it yourself, there is nothing to do.',
    unexpected:
      'If you did not change it, somebody else may have. Choose a new password now; this also signs everybody out:',
    button: 'Choose a new password',
  },
  operatorPasswordChanged: {
    subject: 'Your password for {{portalName}} was changed',
    preview: 'Your password was changed on {{changedAt}} (UTC).',
    greeting: 'Hello {{name}},',
    body: 'Your password for the console of {{portalName}} was changed on {{changedAt}} (UTC).',
    expected: 'If you changed it yourself, there is nothing to do.',
    unexpected:
      'If you did not change it, somebody else may have. Choose a new password now; this also signs everybody out:',
    button: 'Choose a new password',
  },
  testEmail: { subject: '[Test] {{subject}}' },
  console: { name: 'Portal Invitations' },
  layout: {
    note: '{{senderName}} writes:',
    linkWrittenOut: 'If the button does not work, open this address in your browser:',
    sentBy: 'Sent for {{portalName}}. This e-mail was written automatically.',
  },
};
