export interface Draft {
  readonly query: string;
  readonly variables: string;
}

export interface Example extends Draft {
  readonly id: string;
  readonly title: string;
}

const MODULES: Example = {
  id: "modules",
  title: "Modules with their latest version",
  query: `# The studio uses this same API and nothing else.
# What you see here is what your roles allow. Ctrl-Enter runs, Ctrl-Space completes.
query Modules($search: String) {
  modules(search: $search, first: 5) {
    edges {
      node {
        name
        summary
        latest {
          version
          state
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  variables: '{\n  "search": ""\n}\n',
};

export const EXAMPLES: readonly [Example, ...Example[]] = [
  MODULES,
  {
    id: "reviews",
    title: "Reviews that wait for you",
    query: `query Waiting {
  reviews(waiting: true, first: 10) {
    edges {
      node {
        id
        state
        viewerMay
        version {
          version
          bundle
          module {
            name
          }
        }
        contractDiff {
          level
          path
          message
          witness
        }
      }
    }
  }
}
`,
    variables: "{}\n",
  },
  {
    id: "runs",
    title: "The latest runs",
    query: `query Runs($status: [RunStatus!]) {
  runs(status: $status, first: 10) {
    edges {
      node {
        id
        title
        status
        createdAt
        finishedAt
        counts
      }
    }
  }
}
`,
    variables: '{\n  "status": null\n}\n',
  },
  {
    id: "changes",
    title: "News of your teams, live",
    query: `# Runs until you stop it. Change something in another window and it shows here.
subscription News {
  changes {
    kind
    id
  }
}
`,
    variables: "{}\n",
  },
  {
    id: "start",
    title: "Start a run",
    query: `mutation Start($input: StartRunInput!) {
  startRun(input: $input) {
    __typename
    ... on StartRunDone {
      run {
        id
        status
      }
    }
    ... on Refusal {
      problems {
        code
        path
        message
      }
    }
  }
}
`,
    variables: '{\n  "input": {\n    "graph": "the id of a graph",\n    "inputs": {}\n  }\n}\n',
  },
  {
    id: "start-many",
    title: "Start a run for each of a list",
    query: `# All of them are started, or none. A problem of an item is at /each/<index>.
# Sent again with the same key, they are the same runs.
mutation StartMany($input: StartRunsInput!) {
  startRuns(input: $input) {
    __typename
    ... on StartRunsDone {
      runs {
        id
        status
        queuePosition
      }
    }
    ... on Refusal {
      problems {
        code
        path
        message
      }
    }
  }
}
`,
    variables:
      '{\n  "input": {\n    "graph": "the id of a graph",\n    "each": [{}, {}],\n    "idempotencyKey": "orders of Monday"\n  }\n}\n',
  },
];

export function exampleOf(id: string | undefined): Example | undefined {
  return EXAMPLES.find((example) => example.id === id);
}
