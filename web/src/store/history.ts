// The attempts, in this browser's IndexedDB and nowhere else. Where the browser refuses storage (a private window,
// say), the history lives as long as the page.
import { type Attempt, MAX_ATTEMPTS, newestFirst, surplus } from "./attempts.ts";

const DATABASE = "higgins";
const STORE = "attempts";

function open(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class History {
  private constructor(
    private readonly database: IDBDatabase | null,
    private attempts: Attempt[],
  ) {}

  static async load(): Promise<History> {
    const database = await open();
    if (!database) return new History(null, []);
    try {
      const stored = await finished<Attempt[]>(database.transaction(STORE).objectStore(STORE).getAll());
      return new History(database, newestFirst(stored));
    } catch {
      return new History(null, []); // damaged; the page must work all the same
    }
  }

  get lasting(): boolean {
    return this.database !== null;
  }

  /** Newest first. */
  all(): readonly Attempt[] {
    return this.attempts;
  }

  async add(attempt: Attempt): Promise<void> {
    this.attempts = newestFirst([attempt, ...this.attempts]);
    await this.change((store) => store.put(attempt));
    for (const old of surplus(this.attempts, MAX_ATTEMPTS)) await this.remove(old.id);
  }

  async remove(id: number): Promise<void> {
    this.attempts = this.attempts.filter((attempt) => attempt.id !== id);
    await this.change((store) => store.delete(id));
  }

  async clear(): Promise<void> {
    this.attempts = [];
    await this.change((store) => store.clear());
  }

  private async change(action: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    if (!this.database) return;
    try {
      await finished(action(this.database.transaction(STORE, "readwrite").objectStore(STORE)));
    } catch {
      // Full or forbidden: the page still has the attempt, it will only not be there next time.
    }
  }
}
