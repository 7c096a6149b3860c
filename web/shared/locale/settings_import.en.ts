// The English words of the import page.
import type zh from './settings_import.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  lead: 'Upload and check row by row, look, then start; nothing is written before.',
  kind: 'What',
  ledger: 'Ledger of hazards',
  places: 'Register of places',
  visits: 'Visits',
  file: 'Sheet',
  file_hint: '.xlsx or .csv, 20,000 rows at most',
  check: 'Upload and check',
  none: 'Nothing was imported yet',
  no_rows: 'No row is of this kind; choose another above.',
  none_hint: 'Choose a sheet; it is checked before anything is imported.',
  state: { draft: 'Not started', running: 'Running', finished: 'Finished' },
  result: 'Download the result',
  columns: 'Columns: {n} of {of} understood',
  unread: 'not read',
  sheet: 'Sheet of the workbook',
  defaults: 'What each row must say: an empty cell, or a field without a column, is read as the default below. It is the same for every row.',
  default: '{field} when empty',
  default_none: 'no default, empty is an error',
  default_lacking: 'no such column: give a default',
  update: 'Change places that are there already',
  create: 'Make places that are not there',
  again: 'Check again like this',
  start: 'Start',
  errors: '{n} rows have errors. Correct the sheet and upload it again, or skip them.',
  ready: '{n} rows can be imported.',
  skip: 'Skip rows with errors',
  begin: 'Import {n} rows',
  progress: '{done} of {total} rows done',
  failed: '{n} rows failed; see why below.',
  row: { error: 'Error', failed: 'Failed', ready: 'Ready', pending: 'Waiting', done: 'Imported', exists: 'There already', ignored: 'Empty' },
}

export default en
