// The English names of the fields in the settings.
import type zh from './settings_fields.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  reason: 'Reason', unit: 'Unit', roles: 'Roles', display_name: 'Name', old: 'Old password', new: 'New password', again: 'New password again',
  absent: 'Absent person', person: 'Absent person', substitute: 'Substitute', starts_at: 'From', ends_at: 'To (included)', span: 'When', groups: 'Only groups', mandate: 'Written mandate, number', status: 'State',
  unit_code: 'Code', unit_name: 'Name', unit_kind: 'Kind', parent: 'Above', new_parent: 'Move below', power: 'Power', unit_ends: 'Ends on', valid_from: 'From', valid_to: 'To', name: 'Name',
  login: 'Login', email: 'Mail', first_password: 'First password', password: 'Password', certificate: 'Certificate', active: 'In post', starts_on: 'Began on', ends_on: 'Left on',
  cert_no: 'Number', cert_from: 'Valid from', cert_to: 'Valid to', cert_items: 'Acts', last_day: 'Last day', receiver: 'Receiver', leave_reason: 'Why',
  id: 'Number', place_name: 'Name', place_type: 'Type', place_kind: 'Class', kind: 'Kind', grid: 'Grid', community: 'Community', street: 'Subdistrict', risk_level: 'Risk',
  fire_key_level: 'Fire key unit', place_status: 'State', uscc: 'Credit code', sector: 'Sector', lead_unit: 'Lead department', address: 'Address', lat: 'Latitude', lon: 'Longitude',
  capacity: 'Capacity', floors: 'Floors', open_hours: 'Opening hours', legal_rep: 'Legal representative', head: 'Head', actual_controller: 'Controller', phone: 'Telephone', phones: 'Contacts',
  promise_year: 'Year of promise', linked_leader: 'Linked leader', tags: 'Tags', crowded: 'Crowded', residential: 'People live there', uses_gas: 'Gas', dangerous_goods: 'Dangerous goods',
  special_equipment: 'Special equipment', fatal_accident: 'Fatal accident', joint_punishment: 'Joint punishment', flags: 'Flags', priority: 'Targets of checks', min_capacity: 'Capacity', people_n: '{n} people or more', sort: 'By number', by_priority: 'Most targets of checks first', open_hazards: 'Open hazards', completeness: 'Complete', last_visit: 'Last visit', last_admin_inspection: 'Last inspection', admin_inspections_this_year: 'Inspections this year / cap', penalties: 'Penalties in 180 days / a year', team: 'Team',
  residents: 'Residents', missing: 'Missing', clause: 'Clause', filename: 'File', import_kind: 'What', at: 'When', by: 'Who', done: 'Progress', row: 'Row', problems: 'Notes', became: 'Became',
  code: 'Code', code_name: 'Name', local_level: 'Local level', limit: 'Usual limit', default_n: 'Limit', default_unit: 'Unit of the limit', default_roll: 'Last day off', lead: 'Lead',
  suspected: 'Maybe major', photo_rule: 'Photos', close_rule: 'Closing', legal_note: 'Label', code_group: 'Group', last_in_force: 'Last day in force', key: 'Code', checklist_name: 'Name',
  items: 'Items', applies: 'For', keeper: 'Kept by', version: 'Version', place_kinds: 'Kinds of places', sectors: 'Sectors', no: 'No.', question: 'What to look at', photo: 'Photo',
  type: 'Document', sign: 'Sign', word: 'Organ word', area: 'Area', begins: 'Numbers begin', note: 'Note', slot: 'Slot', slot_title: 'Local name', act: 'Act', document: 'Number of the list', allowed: 'Answer', conditions: 'Conditions',
  token: 'Access token', definitions: 'Only processes', off: 'Days off', working: 'Working weekends', source: 'Source', template: 'Template', caption: 'Caption', shows: 'Right or wrong', removed: 'Taken off',
  province: 'Province', path: 'Position', scope: 'Area', places: 'Places', hazards: 'Hazards', duties: 'Duties', locked_from: 'Locked from', locked_until: 'Locked until', attempts: 'Wrong passwords in a row', title: 'Local name', place: 'Place', plan_number: 'No.', plan_action: 'Part of which action', plan_title: 'Task', plan_rhythm: 'Rhythm', plan_content: 'Content', plan_communities: 'All communities are responsible (each is told what was accepted)', lead_units: 'Lead units', support_units: 'Supporting units', milestone_id: 'Code', milestone_name: 'Milestone', milestone_due: 'By which day', milestone_tasks: 'Tasks', milestone_target: 'What is wanted', measure_kind: 'Measure', found_before: 'Found up to and on', most: 'At most so many left', since: 'From which day on', questions: 'Questions', body: 'Kind of body',
}

export default en
