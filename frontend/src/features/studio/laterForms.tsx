/** Forms whose code is large: it comes when it is needed, or once the graph is there. */

import { later } from "@/design/later";
import { Loading } from "@/design/Message";

export const JsonEditor = later(
  () => import("@/design/code/JsonEditor").then(({ JsonEditor }) => JsonEditor),
  <Loading rows={3} />,
);

export const ConfigForm = later(
  () => import("./ConfigForm").then(({ ConfigForm }) => ConfigForm),
  <Loading rows={3} />,
);
