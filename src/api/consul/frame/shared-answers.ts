import { VisibleCatalog } from '../../../registry/index.ts';
import type { CatalogView, Service } from '../../../registry/index.ts';
import { SharedJson } from './shared-json.ts';

/** Bodies of one service, and of the catalog, that are kept; `docs/limits.md`. */
const bodiesMax = 16;
/** Longer questions, as with a long filter, are not kept. */
const questionLengthMax = 512;

interface Bodies {
  /** Of the service or the catalog when they were made. */
  readonly version: number;
  readonly byQuestion: Map<string, SharedJson>;
}

/**
 * Bodies of answers, each made once for a change and then shared: by callers that ask the same, and by the queries that
 * one change wakes together.
 */
export class SharedAnswers {
  /** A change of a service makes another object; one of an output changes its `outputChanges`. */
  readonly #ofServices = new WeakMap<Service, Bodies>();
  readonly #ofCatalogs = new WeakMap<CatalogView, Bodies>();
  /** How many were made; tests count them. */
  made = 0;

  ofService(service: Service, question: string, make: () => unknown): SharedJson {
    const { outputChanges } = service;
    let bodies = this.#ofServices.get(service);
    if (bodies?.version !== outputChanges) {
      bodies = { version: outputChanges, byQuestion: new Map() };
      this.#ofServices.set(service, bodies);
    }
    return this.#shared(bodies, question, make);
  }

  /** Answers to a caller with some rights are not shared: one body for each user would take too much memory. */
  ofCatalog(catalog: CatalogView, question: string, make: () => unknown): SharedJson {
    if (catalog instanceof VisibleCatalog) return new SharedJson(make);
    const { changes: version } = catalog;
    let bodies = this.#ofCatalogs.get(catalog);
    if (bodies?.version !== version) {
      bodies = { version, byQuestion: new Map() };
      this.#ofCatalogs.set(catalog, bodies);
    }
    return this.#shared(bodies, question, make);
  }

  #shared({ byQuestion }: Bodies, question: string, make: () => unknown): SharedJson {
    const known = byQuestion.get(question);
    if (known !== undefined) return known;
    const json = new SharedJson(() => {
      this.made++;
      return make();
    });
    if (question.length > questionLengthMax) return json;
    if (byQuestion.size >= bodiesMax) byQuestion.clear();
    byQuestion.set(question, json);
    return json;
  }
}
