import type { en } from './en.ts';

/** What the e-mails say, in German. */
export const de: typeof en = {
  invitation: {
    subject: 'Ihr Zugang zu {{portalName}}',
    preview: 'Bestätigen Sie Ihren Zugang und wählen Sie ein Passwort.',
    greeting: 'Guten Tag {{name}},',
    body: '{{portalName}} hat Ihnen Zugang zum Kundenportal gegeben. Dort können Sie Anfragen stellen und verfolgen, was daraus wird.',
    action: 'Bitte bestätigen Sie Ihren Zugang und wählen Sie ein Passwort:',
    button: 'Zugang bestätigen',
    validity: 'Der Link gilt {{validity}}. Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
    deadline:
      'Der Link gilt bis {{deadline}} (UTC). Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
  },
  reminder: {
    subject: 'Erinnerung: Ihr Zugang zu {{portalName}}',
    preview: 'Ihr Zugang wartet auf Ihre Bestätigung.',
    greeting: 'Guten Tag {{name}},',
    body: '{{portalName}} hat Ihnen Zugang zum Kundenportal gegeben, und Sie haben ihn noch nicht bestätigt.',
    action: 'Bitte bestätigen Sie Ihren Zugang und wählen Sie ein Passwort:',
    button: 'Zugang bestätigen',
    validity: 'Der Link gilt {{validity}}. Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
    deadline:
      'Der Link gilt bis {{deadline}} (UTC). Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
  },
  layout: {
    note: '{{senderName}} schreibt:',
    linkWrittenOut: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse in Ihrem Browser:',
    unexpected:
      'Sie haben diese E-Mail nicht erwartet? Dann ignorieren Sie sie: Solange Sie den Link nicht öffnen und ein Passwort wählen, geschieht nichts.',
    sentBy: 'Gesendet für {{portalName}}. Diese E-Mail wurde automatisch erstellt.',
  },
};
