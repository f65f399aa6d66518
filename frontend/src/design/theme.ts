import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  Select,
  Tooltip,
} from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eaf1ff",
  "#d3e0fd",
  "#a5c0f9",
  "#7aa3f6",
  "#558af2",
  "#3f7df0",
  "#2f6fe4",
  "#1c5fd0",
  "#174fae",
  "#103b85",
];

/** Mantine paints its dark surfaces with these; they are our own surfaces, lightest first. */
const dark: MantineColorsTuple = [
  "#e3e8ef",
  "#c3ccd8",
  "#94a1b3",
  "#6d7a8c",
  "#323c4a",
  "#242d39",
  "#1a212b",
  "#151b24",
  "#0f141b",
  "#0b0f15",
];

const gray: MantineColorsTuple = [
  "#f6f7f9",
  "#eef1f5",
  "#e4e9ef",
  "#d3dae3",
  "#b9c3cf",
  "#94a1b3",
  "#6b7787",
  "#586474",
  "#323c4a",
  "#18202b",
];

/** Dark enough at the filled shades for white words on it. */
const red: MantineColorsTuple = [
  "#fff0ee",
  "#ffdfdb",
  "#fdb9b1",
  "#fb9085",
  "#f66d5f",
  "#e9503f",
  "#cf3526",
  "#b3261e",
  "#94201a",
  "#751914",
];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, dark, gray, red },
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "16px", md: "20px", lg: "24px", xl: "28px" },
  radius: { xs: "3px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "md",
  focusRing: "auto",
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray", size: 28 } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, withArrow: true, arrowSize: 5, fz: 12, maw: 320, multiline: true },
    }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", position: "bottom-end" } }),
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Dismiss" } } },
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        closeButtonProps: { "aria-label": "Close" },
        overlayProps: { backgroundOpacity: 0.5 },
      },
    }),
    Select: Select.extend({ defaultProps: { size: "xs", allowDeselect: false, checkIconPosition: "right" } }),
    TextInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    JsonInput: { defaultProps: { size: "xs" } },
  },
});

const surfaces = {
  "--mantine-color-body": "var(--node)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--muted)",
  "--mantine-color-placeholder": "var(--faint)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-default": "var(--raised)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--border)",
  "--mantine-color-error": "var(--status-failed)",
};

/** On dark, red words need the light red and red buttons the deep one; Mantine has one shade for both. */
const darkReds = {
  "--mantine-color-red-6": "var(--status-failed)",
  "--mantine-color-red-filled": red[6],
  "--mantine-color-red-filled-hover": red[7],
};

/** Mantine's own names point at our tokens, so that both speak of the same colours. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: surfaces,
  dark: { ...surfaces, ...darkReds },
});
