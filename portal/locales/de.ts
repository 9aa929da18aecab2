import type { en } from './en.ts';
import { noticesDe } from './notices-de.ts';

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
    ownSiteIntro: 'Bitte geben Sie Ihre E-Mail-Adresse ein, {{name}}, um Ihren Zugang zu {{portalName}} zu bestätigen.',
    otherAddress: 'Das ist nicht die eingeladene Adresse. Bitte geben Sie die Adresse ein, an die die E-Mail ging.',
  },
  refused: {
    password_too_short: 'Bitte verwenden Sie mindestens {{minLength}} Zeichen.',
    password_too_long: 'Bitte verwenden Sie höchstens {{maxLength}} Zeichen.',
    password_too_common: 'Dieses Passwort ist zu leicht zu erraten. Bitte wählen Sie ein anderes.',
    passwords_differ: 'Die beiden Passwörter sind nicht gleich. Bitte geben Sie sie noch einmal ein.',
    too_many_passwords:
      'Es wurden zu viele neue Passwörter versucht. Bitte versuchen Sie es in einer Viertelstunde noch einmal.',
  },
  notice: noticesDe,
  head: {
    pages: 'Seiten',
    requests: 'Meine Anfragen',
    newRequest: 'Neue Anfrage',
    account: 'Mein Konto',
    signOut: 'Abmelden',
  },
  requests: {
    title: 'Meine Anfragen',
    filter: { label: 'Status', all: 'Alle', open: 'Offen', on_hold: 'Zurückgestellt', closed: 'Geschlossen' },
    status: { open: 'Offen', on_hold: 'Zurückgestellt', closed: 'Geschlossen' },
    lastActivity: 'Zuletzt bewegt',
    none: 'Sie haben noch nichts angefragt.',
    noneOfThese: 'Keine Ihrer Anfragen hat diesen Status.',
    newer: 'Neuere Anfragen',
    older: 'Ältere Anfragen',
    subject: 'Betreff',
    description: 'Was können wir für Sie tun?',
    attachments: 'Anhänge',
    attachmentsHint: 'Bis zu 5 Dateien mit je 10 MB: Bilder, PDF, Dokumente, ZIP oder Text in UTF-8.',
    send: 'Anfrage absenden',
    added: 'Ihre Anfrage #{{number}} wurde abgesendet.',
    you: 'Sie',
    helpDesk: 'Der Helpdesk',
    reply: 'Antworten',
    yourReply: 'Ihre Antwort',
    opensAgain: 'Ihre Antwort öffnet die Anfrage wieder.',
    sendReply: 'Antwort absenden',
    replied: 'Ihre Antwort wurde abgesendet.',
    close: 'Anfrage schließen',
    closed: 'Die Anfrage ist geschlossen.',
    reopen: 'Anfrage wieder öffnen',
    reopened: 'Die Anfrage ist wieder offen.',
    refused: {
      missing: 'Bitte füllen Sie dieses Feld aus.',
      long: 'Bitte verwenden Sie höchstens {{most}} Zeichen.',
      unreadable: 'Darin sind Zeichen, die sich nicht anzeigen lassen. Bitte tippen Sie es noch einmal.',
      unnamed:
        'Der Name einer Datei enthält ein Zeichen, das sich nicht anzeigen lässt. Bitte benennen Sie die Datei um. Noch wurde nichts abgesendet.',
      many: 'Bitte senden Sie höchstens {{most}} Dateien. Noch wurde nichts abgesendet.',
      large: '„{{fileName}}“ ist größer als {{megabytes}} MB. Noch wurde nichts abgesendet.',
      empty: '„{{fileName}}“ ist leer. Noch wurde nichts abgesendet.',
      type: '„{{fileName}}“ ist weder Bild, PDF, Dokument, ZIP noch Text in UTF-8. Noch wurde nichts abgesendet.',
      name: '„{{fileName}}“ hat eine Endung, die wir nicht annehmen oder die nicht zum Inhalt passt. Noch wurde nichts abgesendet.',
      again: 'Bitte wählen Sie Ihre Dateien noch einmal aus.',
      unauthorized:
        'Sie wurden inzwischen abgemeldet, und nichts wurde gesendet. Melden Sie sich in einem anderen Tab an und senden Sie dies dann noch einmal.',
      otherPerson:
        'Als dieses Formular geöffnet wurde, war eine andere Person angemeldet. Deshalb wurde nichts gesendet. Schreiben Sie es bitte noch einmal, wenn es von Ihnen ist.',
      unavailable:
        'Wir können das im Moment nicht speichern, und nichts wurde gesendet. Bitte senden Sie es gleich noch einmal.',
      request_timeout:
        'Die Verbindung war zu langsam oder brach ab, und nichts wurde gesendet. Bitte senden Sie es noch einmal.',
      upload_quota:
        'Innerhalb von 24 Stunden können Sie nur Dateien bis zu einer Gesamtgröße senden, die damit überschritten wäre. Nichts wurde gesendet. Bitte senden Sie weniger oder versuchen Sie es morgen noch einmal.',
      form_rate:
        'Sie haben in der letzten Stunde sehr viel gesendet, und dies wurde nicht gesendet. Bitte versuchen Sie es in einer Stunde noch einmal.',
      idempotency_key_in_use:
        'Dieses Formular wird gerade abgesendet. Sehen Sie nach, was daraus wurde, bevor Sie es noch einmal absenden.',
      idempotency_key_reused:
        'Dieses Formular wurde schon mit anderem Inhalt abgesendet. Senden Sie es noch einmal, wenn auch dies gesendet werden soll.',
    },
  },
  problem: {
    not_found: {
      title: 'Hier ist nichts',
      body: 'Vielleicht ist die Adresse verschrieben, oder sie ist nicht für Sie bestimmt.',
    },
    portal_not_open: {
      title: 'Dieses Portal ist noch nicht geöffnet',
      body: 'Bitte kommen Sie wieder, wenn Sie eingeladen wurden.',
    },
    forbidden: {
      title: 'Dieses Formular kam nicht von hier',
      body: 'Bitte öffnen Sie die Seite noch einmal und füllen Sie das Formular dort aus.',
    },
    invalid_request: {
      title: 'Das war nicht lesbar',
      body: 'Bitte gehen Sie zurück und versuchen Sie es noch einmal.',
    },
    unavailable: {
      title: 'Bitte versuchen Sie es gleich noch einmal',
      body: 'Wir erreichen einen Teil unseres Systems nicht. Es wurde nichts geändert.',
    },
    internal_error: {
      title: 'Bei uns ist etwas schiefgegangen',
      body: 'Bitte versuchen Sie es gleich noch einmal.',
    },
    back: 'Zum Portal',
  },
  signIn: {
    title: 'Anmelden',
    email: 'Ihre E-Mail-Adresse',
    password: 'Passwort',
    button: 'Anmelden',
    forgotten: 'Passwort vergessen',
    wrong: 'E-Mail-Adresse und Passwort passen nicht zusammen.',
    tooMany_one: 'Zu viele Anmeldungen sind gescheitert. Bitte versuchen Sie es in {{count}} Minute noch einmal.',
    tooMany_other: 'Zu viele Anmeldungen sind gescheitert. Bitte versuchen Sie es in {{count}} Minuten noch einmal.',
    tooManyInARow:
      'Zu viele Anmeldungen hintereinander sind gescheitert. Bitte melden Sie sich mit einem Browser an, den Sie schon benutzt haben, oder wählen Sie ein neues Passwort: „Passwort vergessen“ schickt Ihnen einen Link.',
    unavailable: 'Gerade ist zu viel los. Bitte versuchen Sie es in ein paar Sekunden noch einmal.',
    unreachable: 'Dieses Portal ist unter {{publicUrl}} zu erreichen.',
    passwordChanged: 'Ihr Passwort wurde geändert. Bitte melden Sie sich damit an.',
    ended:
      'Ihre Sitzung ist abgelaufen. Melden Sie sich an, dann finden Sie wieder, was Sie geschrieben haben; gesendet wurde noch nichts.',
    endedEmpty:
      'Ihre Sitzung ist abgelaufen, und es wurde nichts ausgeführt. Bitte melden Sie sich an und versuchen Sie es noch einmal.',
    filesAgain: 'Dateien müssen Sie noch einmal auswählen.',
    signedIn: 'Sie sind angemeldet',
    signedInAs: 'In diesem Browser sind Sie angemeldet als',
    signOutFirst: 'Um ein anderes Konto zu verwenden, melden Sie sich bitte zuerst ab.',
    continue: 'Weiter',
    otherSessionEnded: 'In diesem Browser waren Sie als eine andere Person angemeldet. Diese Sitzung wurde beendet.',
  },
  ownSite: {
    title: 'Hier können Sie sich nicht anmelden',
    body: '{{portalName}} hat für seine Kunden eine eigene Website. Bitte melden Sie sich dort an.',
    link: 'Zu {{ownSite}}',
  },
  account: {
    title: 'Ihr Konto',
    you: 'Sie sind angemeldet als {{name}}.',
    passwordTitle: 'Passwort ändern',
    currentPassword: 'Bisheriges Passwort',
    password: 'Neues Passwort',
    passwordAgain: 'Das neue Passwort noch einmal',
    endsOthers: 'Alle anderen Browser, in denen Sie angemeldet sind, werden abgemeldet.',
    wrong: 'Das ist nicht Ihr bisheriges Passwort.',
    button: 'Passwort ändern',
    changed: 'Ihr Passwort wurde geändert. Überall sonst sind Sie abgemeldet.',
    sessionsTitle: 'Wo Sie angemeldet sind',
    browserOn: '{{browser}} unter {{system}}',
    unknownBrowser: 'Unbekannter Browser',
    thisBrowser: 'Dieser Browser',
    since: 'Angemeldet',
    lastUsed: 'zuletzt verwendet',
    endSession: 'Sitzung beenden',
    sessionEnded: 'Die Sitzung wurde beendet.',
    elsewhere:
      'Haben Sie vergessen, sich irgendwo abzumelden, oder ein Gerät verloren? Damit enden alle Anmeldungen außer der in diesem Browser.',
    signOutEverywhere: 'Überall sonst abmelden',
    signedOutEverywhere: 'Sie sind überall außer hier abgemeldet.',
  },
  forgottenPassword: {
    title: 'Passwort vergessen',
    intro:
      'Geben Sie die E-Mail-Adresse ein, mit der Sie sich anmelden. Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort wählen.',
    button: 'Link schicken',
    sentTitle: 'Bitte sehen Sie in Ihr Postfach',
    sent: 'Wenn Sie mit der eingegebenen Adresse Zugang haben, ist eine E-Mail mit einem Link zu Ihnen unterwegs. Der Link gilt eine Stunde. Bitte sehen Sie auch in den Spam-Ordner.',
    notConfirmed:
      'Sie haben Ihren Zugang noch nicht bestätigt? Dann öffnen Sie bitte stattdessen den Link in Ihrer Einladung.',
    back: 'Zurück zur Anmeldung',
  },
  newPassword: {
    title: 'Neues Passwort wählen',
    button: 'Passwort ändern',
    deadTitle: 'Dieser Link funktioniert nicht mehr',
    dead: 'Ein solcher Link gilt eine Stunde lang und für ein neues Passwort. Wir können Ihnen einen anderen schicken.',
    another: 'Noch einen Link schicken',
  },
  sendNewLink: 'Neuen Link schicken',
  choosePassword: 'Passwort wählen',
  tryAgain: 'Noch einmal versuchen',
};
