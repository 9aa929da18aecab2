import type { noticesEn } from './notices-en.ts';

/** What pages of links say when they show no form, in German: a title, a text, and sometimes a button, for each case. */
export const noticesDe: typeof noticesEn = {
  already_confirmed: {
    title: 'Sie haben schon bestätigt',
    body: 'Dieser Link hat seinen Zweck erfüllt. Melden Sie sich mit E-Mail-Adresse und Passwort an.',
  },
  already_confirmed_without_password: {
    title: 'Sie haben schon bestätigt',
    body: 'Sie haben noch kein Passwort. Wir senden Ihnen gern einen Link, mit dem Sie eines wählen können.',
  },
  already_confirmed_own_site: {
    title: 'Sie haben schon bestätigt',
    body: 'Dieser Link hat seinen Zweck erfüllt. Bitte fahren Sie auf der Website von {{portalName}} fort.',
  },
  deactivated: {
    title: 'Ihr Zugang wurde aufgehoben',
    body: 'Der Link funktioniert nicht mehr. Wenn das ein Irrtum ist, wenden Sie sich bitte an den Helpdesk.',
  },
  link_superseded: {
    title: 'Es gibt einen neueren Link',
    body: 'Eine neuere E-Mail wurde an Sie geschickt, und nur deren Link funktioniert. Bitte suchen Sie die neueste E-Mail, auch im Spam-Ordner.',
  },
  link_not_expired: {
    title: 'Dieser Link gilt noch',
    body: 'Sie brauchen keinen anderen. Bitte öffnen Sie diesen Link noch einmal und bestätigen Sie Ihren Zugang.',
  },
  link_expired: {
    title: 'Dieser Link ist abgelaufen',
    body: 'Zu Ihrer Sicherheit gilt ein Link nur für begrenzte Zeit. Geben Sie die E-Mail-Adresse ein, an die die Einladung ging, dann schicken wir einen neuen Link dorthin.',
  },
  not_found: {
    title: 'Dieser Link funktioniert nicht',
    body: 'Vielleicht ist er unvollständig oder nicht mehr gültig. Bitte öffnen Sie den Link genau so, wie er in Ihrer neuesten E-Mail steht.',
  },
  invalid_request: {
    title: 'Dieses Formular war nicht lesbar',
    body: 'Bitte öffnen Sie den Link aus der neuesten E-Mail noch einmal und füllen Sie das Formular aus.',
  },
  forbidden: {
    title: 'Dieses Formular kam nicht von hier',
    body: 'Bitte öffnen Sie den Link aus der neuesten E-Mail noch einmal und füllen Sie das Formular dort aus.',
  },
  too_many_attempts: {
    title: 'Zu viele Versuche',
    body_one: 'Es wurden zu viele falsche Adressen eingegeben. Bitte versuchen Sie es in {{count}} Minute noch einmal.',
    body_other:
      'Es wurden zu viele falsche Adressen eingegeben. Bitte versuchen Sie es in {{count}} Minuten noch einmal.',
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
  leading_on: {
    title: 'Ihr Zugang ist bestätigt',
    body: 'Wir leiten Sie zu {{ownSite}} weiter. Falls nichts geschieht, folgen Sie bitte diesem Link.',
  },
  welcome: {
    title: 'Ihr Zugang ist bestätigt',
    body: 'Willkommen bei {{portalName}}. Von nun an melden Sie sich mit Ihrer E-Mail-Adresse und Ihrem neuen Passwort an.',
  },
};
