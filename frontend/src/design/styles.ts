/** Ask again for style sheets that did not come: the loader of the pages asks for each only once. */
export async function mendStyles(): Promise<void> {
  const failed = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].filter(isFailed);
  await Promise.all(
    failed.map(
      (link) =>
        new Promise<void>((resolve, reject) => {
          const fresh = link.cloneNode() as HTMLLinkElement;
          fresh.addEventListener("load", () => resolve());
          fresh.addEventListener("error", () => reject(new Error("The style sheet did not come.")));
          link.replaceWith(fresh);
        }),
    ),
  );
}

/** A sheet that failed is there in some browsers, and closed like one of another origin. */
function isFailed({ sheet }: HTMLLinkElement): boolean {
  try {
    return sheet === null || sheet.cssRules === null;
  } catch {
    return true;
  }
}
