import type { en } from './en.ts';

/** What the e-mails say, in German. */
export const de: typeof en = {
  invitation: {
    subject: 'Ihr Zugang zu {{portalName}}',
    preview: {
      byPassword: 'Bestätigen Sie Ihren Zugang und wählen Sie ein Passwort.',
      byAddress: 'Bestätigen Sie Ihren Zugang.',
    },
    greeting: 'Guten Tag {{name}},',
    body: '{{portalName}} hat Ihnen Zugang zum Kundenportal gegeben. Dort können Sie Anfragen stellen und verfolgen, was daraus wird.',
    action: {
      byPassword: 'Bitte bestätigen Sie Ihren Zugang und wählen Sie ein Passwort:',
      byAddress: 'Bitte bestätigen Sie Ihren Zugang. Sie werden nach Ihrer E-Mail-Adresse gefragt:',
    },
    unexpected: {
      byPassword:
        'Sie haben diese E-Mail nicht erwartet? Dann ignorieren Sie sie: Solange Sie den Link nicht öffnen und ein Passwort wählen, geschieht nichts.',
      byAddress:
        'Sie haben diese E-Mail nicht erwartet? Dann ignorieren Sie sie: Solange Sie den Link nicht öffnen und Ihre Adresse eingeben, geschieht nichts.',
    },
    button: 'Zugang bestätigen',
    validity: 'Der Link gilt {{validity}}. Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
    deadline:
      'Der Link gilt bis {{deadline}} (UTC). Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
  },
  reminder: {
    subject: 'Erinnerung: Ihr Zugang zu {{portalName}}',
    preview: {
      byPassword: 'Ihr Zugang wartet auf Ihre Bestätigung.',
      byAddress: 'Ihr Zugang wartet auf Ihre Bestätigung.',
    },
    greeting: 'Guten Tag {{name}},',
    body: '{{portalName}} hat Ihnen Zugang zum Kundenportal gegeben, und Sie haben ihn noch nicht bestätigt.',
    action: {
      byPassword: 'Bitte bestätigen Sie Ihren Zugang und wählen Sie ein Passwort:',
      byAddress: 'Bitte bestätigen Sie Ihren Zugang. Sie werden nach Ihrer E-Mail-Adresse gefragt:',
    },
    unexpected: {
      byPassword:
        'Sie haben diese E-Mail nicht erwartet? Dann ignorieren Sie sie: Solange Sie den Link nicht öffnen und ein Passwort wählen, geschieht nichts.',
      byAddress:
        'Sie haben diese E-Mail nicht erwartet? Dann ignorieren Sie sie: Solange Sie den Link nicht öffnen und Ihre Adresse eingeben, geschieht nichts.',
    },
    button: 'Zugang bestätigen',
    validity: 'Der Link gilt {{validity}}. Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
    deadline:
      'Der Link gilt bis {{deadline}} (UTC). Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
  },
  request: {
    subject: 'Re: [#{{number}}] {{subject}}',
    greeting: 'Guten Tag {{name}},',
    replied: '{{by}} hat Ihre Anfrage #{{number}}, „{{subject}}“, beantwortet:',
    changed: 'Ihre Anfrage #{{number}}, „{{subject}}“, ist jetzt {{statusName}}.',
    statuses: { open: 'offen', on_hold: 'zurückgestellt', closed: 'geschlossen' },
    button: 'Anfrage ansehen und antworten',
    howToReply: {
      here: 'Antworten können Sie unter dieser Adresse, nachdem Sie sich mit E-Mail-Adresse und Passwort angemeldet haben.',
      elsewhere: 'Unter dieser Adresse können Sie antworten.',
    },
  },
  passwordReset: {
    subject: 'Ein neues Passwort für {{portalName}}',
    preview: 'Wählen Sie ein neues Passwort.',
    greeting: 'Guten Tag {{name}},',
    body: 'Jemand, vermutlich Sie, hat ein neues Passwort für das Kundenportal von {{portalName}} angefordert. Hier wählen Sie es:',
    button: 'Neues Passwort wählen',
    deadline: 'Der Link gilt bis {{deadline}} (UTC) und für ein neues Passwort.',
    unexpected: 'Sie haben es nicht angefordert? Dann ignorieren Sie diese E-Mail: Ihr Passwort bleibt, wie es ist.',
  },
  operatorPasswordReset: {
    subject: 'Ein neues Passwort für {{portalName}}',
    preview: 'Wählen Sie ein neues Passwort.',
    greeting: 'Guten Tag {{name}},',
    body: 'Jemand, vermutlich Sie, hat ein neues Passwort für die Konsole von {{portalName}} angefordert. Hier wählen Sie es:',
    button: 'Neues Passwort wählen',
    deadline: 'Der Link gilt bis {{deadline}} (UTC) und für ein neues Passwort.',
    unexpected: 'Sie haben es nicht angefordert? Dann ignorieren Sie diese E-Mail: Ihr Passwort bleibt, wie es ist.',
  },
  operatorInvitation: {
    subject: 'Eine Einladung, für {{portalName}} zu arbeiten',
    preview: 'Nehmen Sie die Einladung an, für {{portalName}} zu arbeiten.',
    greeting: 'Guten Tag {{name}},',
    body: {
      owner:
        '{{portalName}} lädt Sie ein, das Kundenportal in der Konsole von {{consoleName}} zu betreuen. Als Eigentümer ändern Sie auch Einstellungen, Schlüssel und Zugänge der Mitarbeiter.',
      staff: '{{portalName}} lädt Sie ein, das Kundenportal in der Konsole von {{consoleName}} zu betreuen.',
    },
    action: 'Hier nehmen Sie die Einladung an. Sie brauchen dazu Ihr eigenes Passwort oder wählen dort eines:',
    button: 'Einladung annehmen',
    deadline:
      'Der Link gilt bis {{deadline}} (UTC). Nur der neueste Link, den wir Ihnen geschickt haben, funktioniert.',
    unexpected:
      'Sie haben diese E-Mail nicht erwartet? Dann ignorieren Sie sie: Solange Sie die Einladung nicht annehmen, geschieht nichts.',
  },
  passwordChanged: {
    subject: 'Ihr Passwort für {{portalName}} wurde geändert',
    preview: 'Ihr Passwort wurde am {{changedAt}} (UTC) geändert.',
    greeting: 'Guten Tag {{name}},',
    body: 'Ihr Passwort für das Kundenportal von {{portalName}} wurde am {{changedAt}} (UTC) geändert.',
    expected: 'Wenn Sie es selbst geändert haben, müssen Sie nichts tun.',
    unexpected:
      'Wenn Sie es nicht geändert haben, war es vielleicht jemand anders. Wählen Sie jetzt ein neues Passwort; dadurch werden auch alle Sitzungen beendet:',
    button: 'Neues Passwort wählen',
  },
  operatorPasswordChanged: {
    subject: 'Ihr Passwort für {{portalName}} wurde geändert',
    preview: 'Ihr Passwort wurde am {{changedAt}} (UTC) geändert.',
    greeting: 'Guten Tag {{name}},',
    body: 'Ihr Passwort für die Konsole von {{portalName}} wurde am {{changedAt}} (UTC) geändert.',
    expected: 'Wenn Sie es selbst geändert haben, müssen Sie nichts tun.',
    unexpected:
      'Wenn Sie es nicht geändert haben, war es vielleicht jemand anders. Wählen Sie jetzt ein neues Passwort; dadurch werden auch alle Sitzungen beendet:',
    button: 'Neues Passwort wählen',
  },
  testEmail: { subject: '[Test] {{subject}}' },
  console: { name: 'Portal Invitations' },
  layout: {
    note: '{{senderName}} schreibt:',
    linkWrittenOut: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse in Ihrem Browser:',
    sentBy: 'Gesendet für {{portalName}}. Diese E-Mail wurde automatisch erstellt.',
  },
};
