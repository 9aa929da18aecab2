import { Router } from 'express';
import { consolePages } from '../../console/console.ts';
import { customerPortal } from '../../portal/customer-portal.ts';
import type { Services } from '../../web/services.ts';

export interface ConsoleRoute {
  method: 'get' | 'post';
  /** As it is declared: `/console/:portal/users/:id`. */
  path: string;
}

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle: unknown;
}

/** Every page and form of the console, as the routers have them: what is added later is among them by itself. */
export function consoleRoutes(services: Services): ConsoleRoute[] {
  return routesBelow('/console', () => consolePages(services));
}

/** The same of the customer portal: `/p/:portal/requests/:id`. */
export function portalRoutes(services: Services): ConsoleRoute[] {
  return routesBelow('/p', () => customerPortal(services));
}

function routesBelow(prefix: string, make: () => Router): ConsoleRoute[] {
  const mounts = new Map<unknown, string>();
  const { prototype } = Router as unknown as { prototype: { use(...args: unknown[]): unknown } };
  const { use } = prototype;
  prototype.use = function (this: unknown, ...args) {
    const [path, ...handlers] = typeof args[0] === 'string' ? args : ['', ...args];
    for (const handler of handlers) mounts.set(handler, path as string);
    return use.apply(this, args);
  };
  try {
    return routesOf(make(), prefix, mounts);
  } finally {
    prototype.use = use;
  }
}

function routesOf(router: unknown, prefix: string, mounts: Map<unknown, string>): ConsoleRoute[] {
  const layers = (router as { stack?: Layer[] }).stack ?? [];
  return layers.flatMap(({ route, handle }) => {
    if (route === undefined) return routesOf(handle, prefix + (mounts.get(handle) ?? ''), mounts);
    const path = prefix + (route.path === '/' ? '' : route.path);
    return Object.keys(route.methods).map((method) => ({ method: method as ConsoleRoute['method'], path }));
  });
}
