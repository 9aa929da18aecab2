/** Where anybody may see a portal's logo; null where it has none. A changed logo has another address. */
export function logoUrl(
  publicUrl: string,
  { slug, logoVersion }: { slug: string; logoVersion?: string | null | undefined },
): string | null {
  return logoVersion ? `${publicUrl}/p/${slug}/logo?v=${logoVersion}` : null;
}
