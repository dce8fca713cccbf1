// The grid of users, and the form that changes one.

import {
  BooleanField,
  DataTable,
  DateField,
  Edit,
  List,
  ListButton,
  NullableBooleanInput,
  Pagination,
  RefreshButton,
  SaveButton,
  SearchInput,
  SelectField,
  SelectInput,
  SimpleForm,
  TextInput,
  Toolbar,
  TopToolbar,
  useRecordContext,
} from "react-admin";

import type { RowFragment, UserStatus } from "./generated";

const NAMES: Record<UserStatus, string> = {
  IN_REVIEW: "In review",
  LIVE: "Live",
  INVALIDATED: "Suspended",
  CANCELED: "Cancelled",
};
const STATUSES = Object.entries(NAMES).map(([id, name]) => ({ id, name }));

const filters = [
  <SearchInput key="q" source="q" alwaysOn />,
  <SelectInput key="status" source="status" choices={STATUSES} alwaysOn />,
  <TextInput key="country" source="country" alwaysOn helperText={false} />,
  <NullableBooleanInput key="frozen" source="frozen" />,
];

// The `source` of a column that sorts is the API's name of the order (`UserOrderField`).
export const UserList = () => (
  <List
    filters={filters}
    sort={{ field: "CREATED_AT", order: "DESC" }}
    pagination={<Pagination rowsPerPageOptions={[10, 25, 50, 100]} />}
    exporter={false}
  >
    <DataTable rowClick="edit" bulkActionButtons={false}>
      <DataTable.Col source="NAME" label="Name" render={(user: RowFragment) => user.name.display} />
      <DataTable.Col source="EMAIL" label="E-mail" render={(user: RowFragment) => user.email} />
      <DataTable.Col source="STATUS" label="Status">
        <SelectField source="status" choices={STATUSES} />
      </DataTable.Col>
      <DataTable.Col source="frozen" disableSort>
        <BooleanField source="frozen" />
      </DataTable.Col>
      <DataTable.Col source="COUNTRY" label="Country" render={(user: RowFragment) => user.countryOfResidence} />
      <DataTable.Col source="LAST_SIGN_IN_AT" label="Last sign-in">
        <DateField source="lastSignInAt" emptyText="never" />
      </DataTable.Col>
      <DataTable.Col source="CREATED_AT" label="Registered">
        <DateField source="createdAt" />
      </DataTable.Col>
    </DataTable>
  </List>
);

const Title = () => {
  const user = useRecordContext<RowFragment>();
  return user ? `${user.name.display || "Unnamed"} · ${user.reference}` : "";
};

const Actions = () => (
  <TopToolbar>
    <ListButton />
    {/* After a conflict: shows the user as somebody else left it. */}
    <RefreshButton />
  </TopToolbar>
);

// Pessimistic: the desk has the last word, and tells its problems at the inputs.
export const UserEdit = () => (
  <Edit mutationMode="pessimistic" redirect={false} title={<Title />} actions={<Actions />}>
    <SimpleForm
      toolbar={
        <Toolbar>
          <SaveButton />
        </Toolbar>
      }
    >
      <TextInput source="name.first" label="First name" />
      <TextInput source="name.last" label="Last name" />
      <TextInput source="email" label="E-mail" />
      <TextInput source="countryOfResidence" helperText="Two letters, such as FR" />
      <TextInput source="tag" />
      <TextInput source="reason" helperText="Why you change this; kept in the audit trail" />
    </SimpleForm>
  </Edit>
);
