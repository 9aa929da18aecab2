import { Router } from 'express';
import type { Services } from '../../services.ts';
import { apiKeyPages } from './api-keys.ts';
import { emailsPage } from './emails-page.ts';
import { logoPages } from './logo.ts';
import { portalPage } from './portal-page.ts';
import { previewFrames } from './preview-frames.ts';
import { settingsFormPage } from './settings-page.ts';
import { testEmailPages } from './test-email.ts';

/** `/console/:portal/settings`: what owners decide about their portal. */
export function settingsPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(settingsFormPage(services, portalPage), settingsFormPage(services, emailsPage));
  router.use(logoPages(services), previewFrames(services), testEmailPages(services));
  router.use('/api-keys', apiKeyPages(services));
  return router;
}
