/** Things that are done one after the other, whatever becomes of each. */
export class Attempts {
  /** Why some of them failed, in part or altogether. */
  readonly failed: string[] = [];

  /** Does one; it gives what it could not do, or throws. */
  async make(action: () => unknown): Promise<void> {
    try {
      const failed = await action();
      if (Array.isArray(failed)) this.failed.push(...failed.map(String));
    } catch (error) {
      this.failed.push(error instanceof Error ? error.message : String(error));
    }
  }
}
