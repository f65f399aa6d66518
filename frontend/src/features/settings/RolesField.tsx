import { Checkbox } from "@mantine/core";
import type { Role } from "@/api/generated/graphql";
import { ROLES } from "@/domain/roles";

interface RolesFieldProps {
  readonly label: string;
  readonly value: readonly Role[];
  readonly onChange: (roles: readonly Role[]) => void;
}

/** Roles with what each of them means; at least one is needed. */
export function RolesField({ label, value, onChange }: RolesFieldProps) {
  const error = value.length === 0 ? "Give at least one." : undefined;
  return (
    <Checkbox.Group
      label={label}
      value={[...value]}
      onChange={(next) => onChange(next as Role[])}
      error={error}
    >
      <div className="roles">
        {ROLES.map((role) => (
          <Checkbox key={role.value} value={role.value} label={role.label} description={role.means} />
        ))}
      </div>
    </Checkbox.Group>
  );
}
