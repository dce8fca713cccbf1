// The sentences of signing in, in English and French. GraphiQL, which is English, shows the English ones; pages that letters
// link to are shown in the reader's language.

import { createContext } from "react";

import type { Problem } from "./api";

const en = {
  userName: "User name",
  signIn: "Sign in",
  show: "Show",
  next: "Continue",
  startAgain: "Start again",

  newPassword: "New password",
  rule: "12 to 128 characters. Anything goes, a few words with spaces too, but no password that others use.",
  /** The API says what is wrong with a password, in English. */
  passwordRefused: (why: string) => why,

  code: "Code of your authenticator app",
  recoveryCode: "Recovery code",
  useRecoveryCode: "Use a recovery code",
  useCode: "Use the app",
  codeRefused:
    "This code was not taken: it is wrong, or was used already, or it all took too long. Wait for the app's next code and try again, or start again.",

  setUpTitle: "Set up your second factor",
  scan: "Scan the picture with an authenticator app.",
  picture: "QR code for the authenticator app",
  orType: "Or type this secret into it:",
  firstCode: "First code that the app shows",

  codesTitle: "Your recovery codes",
  codesUse:
    "Each lets you in once, should you be without the app. Keep them where only you find them: they are not shown again.",
  copy: "Copy",
  copied: "Copied.",
  notCopied: "The browser does not let this page copy: write them down.",
  kept: "I have kept them",

  forgot: "Forgot your password?",
  sendLink: "Send a link",
  linkSent: "If there is somebody of this name, a letter with a link to set a new password is on its way to them.",

  invitationTitle: "Welcome to Backdesk",
  invitationIntro: "Choose the password that you will sign in with.",
  accept: "Accept the invitation",
  invitationOver:
    "This invitation is not good any more: it was used, was replaced by a newer one, or has ended. If you have chosen a password already, sign in. If not, ask whoever invited you for another invitation.",
  welcome: "You are signed in.",
  openGraphiQL: "Open GraphiQL",

  passwordTitle: "Set a new password",
  setPassword: "Set the password",
  linkOver: "This link is not good any more: it was used, was replaced by a newer one, or has ended. Ask for another one here:",
  passwordSet: "Your new password is set, and all your sessions were ended. You can sign in now.",

  noLink: "This page does not know whom it is for. Open the link in your letter once more.",

  unreachable: "The server does not answer. Look whether you are connected, and try again.",
  tooMany: (seconds?: number) =>
    seconds === undefined
      ? "There were too many tries. Wait a while, and try again."
      : `There were too many tries. Try again in ${seconds < 120 ? `${seconds} ${seconds === 1 ? "second" : "seconds"}` : `${Math.ceil(seconds / 60)} minutes`}.`,
};

export type Sentences = typeof en;

const fr: Sentences = {
  userName: "Nom d’utilisateur",
  signIn: "Se connecter",
  show: "Afficher",
  next: "Continuer",
  startAgain: "Recommencer",

  newPassword: "Nouveau mot de passe",
  rule: "De 12 à 128 caractères. Tout est permis, y compris quelques mots avec des espaces, sauf un mot de passe que d’autres utilisent.",
  passwordRefused: () =>
    "Ce mot de passe n’a pas été accepté. Il faut de 12 à 128 lettres, chiffres, signes ou espaces, et rien qui se devine : ni un mot de passe courant, ni votre nom, votre nom d’utilisateur ou votre adresse. Prenez plusieurs mots sans rapport entre eux ni avec vous.",

  code: "Code de votre application d’authentification",
  recoveryCode: "Code de secours",
  useRecoveryCode: "Utiliser un code de secours",
  useCode: "Utiliser l’application",
  codeRefused:
    "Ce code n’a pas été accepté : il est faux, a déjà servi, ou trop de temps a passé. Attendez le prochain code de l’application et réessayez, ou recommencez.",

  setUpTitle: "Configurez votre second facteur",
  scan: "Scannez l’image avec une application d’authentification.",
  picture: "Code QR pour l’application d’authentification",
  orType: "Ou saisissez-y ce secret :",
  firstCode: "Premier code affiché par l’application",

  codesTitle: "Vos codes de secours",
  codesUse:
    "Chacun vous laisse entrer une fois, si vous n’avez pas l’application. Gardez-les à l’abri : ils ne seront plus affichés.",
  copy: "Copier",
  copied: "Copié.",
  notCopied: "Le navigateur ne laisse pas cette page copier : notez-les.",
  kept: "Je les ai gardés",

  forgot: "Mot de passe oublié ?",
  sendLink: "Envoyer un lien",
  linkSent: "Si quelqu’un porte ce nom, un message lui parvient, avec un lien pour choisir un nouveau mot de passe.",

  invitationTitle: "Bienvenue chez Backdesk",
  invitationIntro: "Choisissez le mot de passe avec lequel vous vous connecterez.",
  accept: "Accepter l’invitation",
  invitationOver:
    "Cette invitation n’est plus valable : elle a servi, a été remplacée par une autre, ou a expiré. Si vous avez déjà choisi un mot de passe, connectez-vous. Sinon, demandez-en une autre à qui vous l’a envoyée.",
  welcome: "Votre session est ouverte.",
  openGraphiQL: "Ouvrir GraphiQL",

  passwordTitle: "Choisissez un nouveau mot de passe",
  setPassword: "Enregistrer le mot de passe",
  linkOver: "Ce lien n’est plus valable : il a servi, a été remplacé par un autre, ou a expiré. Demandez-en un autre ici :",
  passwordSet: "Votre nouveau mot de passe est enregistré, et toutes vos sessions ont été fermées. Vous pouvez vous connecter.",

  noLink: "Cette page ne sait pas pour qui elle est. Ouvrez encore une fois le lien de votre message.",

  unreachable: "Le serveur ne répond pas. Vérifiez votre connexion et réessayez.",
  tooMany: (seconds) =>
    seconds === undefined
      ? "Il y a eu trop d’essais. Attendez un peu, puis réessayez."
      : `Il y a eu trop d’essais. Réessayez dans ${seconds < 120 ? `${seconds} ${seconds === 1 ? "seconde" : "secondes"}` : `${Math.ceil(seconds / 60)} minutes`}.`,
};

export const Words = createContext(en);

/** The first of somebody's languages that we speak. */
export function spoken(languages: readonly string[]): { tag: "en" | "fr"; words: Sentences } {
  const first = languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "en" || tag === "fr");
  return first === "fr" ? { tag: "fr", words: fr } : { tag: "en", words: en };
}

/** Sentences for codes of the API, some of them around the API's own, which is English. */
export type Explanations = Record<string, string | ((why: string) => string)>;

/** What to do about a problem. `own` are the sentences of a form for codes whose meaning is known there alone. */
export function explain(words: Sentences, { code, message, retryAfter }: Problem, own: Explanations = {}): string {
  if (code === "UNREACHABLE") return words.unreachable;
  if (code === "RATE_LIMITED") return words.tooMany(retryAfter);
  const sentence = own[code] ?? message;
  return typeof sentence === "string" ? sentence : sentence(message);
}
