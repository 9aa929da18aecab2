import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from './vocabulary.ts';

/** By which operators find invitations in the Temporal UI. Set at start; the status again when it changes. */
export const portalIdAttribute = defineSearchAttributeKey(SEARCH_ATTRIBUTES.portalId, SearchAttributeType.KEYWORD);
export const confirmationStatusAttribute = defineSearchAttributeKey(
  SEARCH_ATTRIBUTES.confirmationStatus,
  SearchAttributeType.KEYWORD,
);
