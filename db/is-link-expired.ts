/** The deadline of a row's newest link, and whether it had passed when the row was read. */
interface LinkDeadline {
  linkExpiresAt?: Date | null | undefined;
  wasLinkExpired?: boolean | null | undefined;
}

/** Whether the newest link had expired, by Postgres's clock, when the row was read. False for a link without a deadline. */
export function isLinkExpired({ linkExpiresAt, wasLinkExpired }: LinkDeadline): boolean {
  return Boolean(linkExpiresAt) && Boolean(wasLinkExpired);
}
