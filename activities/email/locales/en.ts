/** What the e-mails say, in English. The other languages have the same keys. */
export const en = {
  invitation: {
    subject: 'Your access to {{portalName}}',
    preview: 'Confirm your access and choose a password.',
    greeting: 'Hello {{name}},',
    body: '{{portalName}} has given you access to its customer portal. There you can send requests and follow what becomes of them.',
    action: 'Please confirm your access and choose a password:',
    button: 'Confirm my access',
    validity: 'The link is good for {{validity}}. Only the newest link we sent you works.',
    deadline: 'The link is good until {{deadline}} (UTC). Only the newest link we sent you works.',
  },
  reminder: {
    subject: 'Reminder: your access to {{portalName}}',
    preview: 'Your access is waiting for you to confirm it.',
    greeting: 'Hello {{name}},',
    body: '{{portalName}} has given you access to its customer portal, and you have not confirmed it yet.',
    action: 'Please confirm your access and choose a password:',
    button: 'Confirm my access',
    validity: 'The link is good for {{validity}}. Only the newest link we sent you works.',
    deadline: 'The link is good until {{deadline}} (UTC). Only the newest link we sent you works.',
  },
  layout: {
    note: '{{senderName}} writes:',
    linkWrittenOut: 'If the button does not work, open this address in your browser:',
    unexpected:
      'You did not expect this e-mail? Then just ignore it: nothing happens unless you open the link and choose a password.',
    sentBy: 'Sent for {{portalName}}. This e-mail was written automatically.',
  },
};
