import { IconActivity, IconPackages, IconSitemap } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

const FIRST = {
  "to run": {
    icon: IconActivity,
    title: "Run a sample",
    text: "Press Run on one of the graphs below and watch it work, node by node.",
  },
  "to look at": {
    icon: IconActivity,
    title: "Look at a sample",
    text: "Open one of the graphs below: what each node takes and gives stands at its ports.",
  },
  none: {
    icon: IconActivity,
    title: "Run a graph",
    text: "Open one and press Run: you see it work, node by node.",
    to: "/graphs",
    search: {},
    link: "All graphs",
  },
} as const;

const STEPS = [
  {
    icon: IconSitemap,
    title: "Compose your own",
    text: "Start an empty graph, drag from a port, and only what fits is offered.",
    to: "/graphs",
    search: { new: "1" },
    link: "New graph",
  },
  {
    icon: IconPackages,
    title: "Bring a module",
    text: "Publish a version, have your team review it, and swap it in.",
    to: "/catalog",
    search: {},
    link: "Look at the catalog",
  },
] as const;

export function FirstSteps({ samples }: { readonly samples: keyof typeof FIRST }) {
  return (
    <section className="first-steps" aria-label="First steps">
      {[FIRST[samples], ...STEPS].map((step, place) => (
        <div key={step.title} className="first-step">
          <span className="first-step-number">{place + 1}</span>
          <div className="column tight">
            <h2 className="row tight">
              <step.icon size={16} stroke={1.75} aria-hidden />
              {step.title}
            </h2>
            <p className="muted">{step.text}</p>
            {"to" in step && (
              <Link to={step.to} search={step.search}>
                {step.link}
              </Link>
            )}
          </div>
        </div>
      ))}
    </section>
  );
}
