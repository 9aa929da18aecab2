import type { en } from './en.ts';

/** What the portal's pages say, in German. */
export const de: typeof en = {
  confirm: {
    title: 'Zugang bestätigen',
    intro: 'Wählen Sie ein Passwort, {{name}}. Damit melden Sie sich bei {{portalName}} an.',
    email: 'Ihre E-Mail-Adresse',
    password: 'Passwort',
    passwordHint:
      'Mindestens {{minLength}} Zeichen. Vier oder fünf Wörter sind leicht zu merken und schwer zu erraten.',
    passwordAgain: 'Dasselbe Passwort noch einmal',
    button: 'Zugang bestätigen',
  },
  refused: {
    password_too_short: 'Bitte verwenden Sie mindestens {{minLength}} Zeichen.',
    password_too_long: 'Bitte verwenden Sie höchstens {{maxLength}} Zeichen.',
    password_too_common: 'Dieses Passwort ist zu leicht zu erraten. Bitte wählen Sie ein anderes.',
    passwords_differ: 'Die beiden Passwörter sind nicht gleich. Bitte geben Sie sie noch einmal ein.',
  },
  notice: {
    already_confirmed: {
      title: 'Sie haben schon bestätigt',
      body: 'Dieser Link hat seinen Zweck erfüllt. Melden Sie sich mit E-Mail-Adresse und Passwort an.',
    },
    deactivated: {
      title: 'Ihr Zugang wurde aufgehoben',
      body: 'Der Link funktioniert nicht mehr. Wenn das ein Irrtum ist, wenden Sie sich bitte an den Helpdesk.',
    },
    link_superseded: {
      title: 'Es gibt einen neueren Link',
      body: 'Eine neuere E-Mail hat diesen Link ersetzt. Bitte verwenden Sie den neuesten oder lassen Sie sich noch einen schicken.',
    },
    link_expired: {
      title: 'Dieser Link ist abgelaufen',
      body: 'Zu Ihrer Sicherheit gilt ein Link nur für begrenzte Zeit. Wir können Ihnen einen neuen schicken.',
    },
    not_found: {
      title: 'Dieser Link funktioniert nicht',
      body: 'Vielleicht ist er unvollständig. Bitte öffnen Sie ihn genau so, wie er in der neuesten E-Mail steht.',
    },
    invalid_request: {
      title: 'Dieses Formular war nicht lesbar',
      body: 'Bitte öffnen Sie den Link aus der neuesten E-Mail noch einmal und füllen Sie das Formular aus.',
    },
    re_invite_too_soon: {
      title: 'Gerade eben wurde eine E-Mail geschickt',
      body: 'Bitte sehen Sie in Ihr Postfach, auch in den Spam-Ordner. In {{seconds}} Sekunden können Sie einen weiteren Link anfordern.',
    },
    re_invite_cap_reached: {
      title: 'Heute keine weiteren E-Mails',
      body: 'Sie haben schon mehrere Links erhalten. Bitte suchen Sie den neuesten, auch im Spam-Ordner, oder fragen Sie den Helpdesk.',
    },
    unavailable: {
      title: 'Bitte versuchen Sie es gleich noch einmal',
      body: 'Wir erreichen einen Teil unseres Systems nicht. Ihr Link bleibt gültig.',
    },
    internal_error: {
      title: 'Bei uns ist etwas schiefgegangen',
      body: 'Bitte versuchen Sie es gleich noch einmal. Ihr Link bleibt gültig.',
    },
    pending: {
      title: 'Fast geschafft',
      body: 'Ihre Bestätigung ist angekommen und wird gleich eingetragen. Sie brauchen nichts weiter zu tun.',
    },
    new_link: {
      title: 'Ein neuer Link ist unterwegs',
      body: 'Er geht an die eingeladene Adresse. Nur der neueste Link funktioniert.',
    },
    welcome: {
      title: 'Ihr Zugang ist bestätigt',
      body: 'Willkommen bei {{portalName}}. Von nun an melden Sie sich mit Ihrer E-Mail-Adresse und Ihrem neuen Passwort an.',
    },
  },
  sendNewLink: 'Neuen Link schicken',
  tryAgain: 'Noch einmal versuchen',
};
