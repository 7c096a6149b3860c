// The English words that only the phone pages use.
import type zh from './phone.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  phone: {
    list_title: 'To do',
    all: 'All',
    late: 'Overdue',
    empty: 'Nothing to do',
    empty_hint: 'Register a hazard and the next tasks appear here.',
    refresh: 'Pull to refresh',
    refreshing: 'Refreshing…',
    release_to_refresh: 'Release to refresh',
    details: 'Details',
    photos_hint: 'Photos are made small before they are sent',
    about: 'About',
  back_to_list: 'Back to the list',
    offline: 'No network. Fill in now and send later.',
    kept: 'The server cannot be reached: this was read on {at}. Fill in now and send later.',
  },
  me: { unit: 'Unit', roles: 'Roles', desk: 'Open the desk pages' },
  register: {
    add_to: 'Add this to {number}',
    why_another: 'It is another hazard: say why, then register',
    title: 'Register a hazard',
    place: 'Where',
    place_hint: 'Choose the place',
    place_search: 'A few letters of the name or address',
    place_none: 'Nothing found. Try other words, or ask the office to add the place.',
    code: 'What',
    code_hint: 'Choose the kind of hazard',
    code_search: 'Name or code',
    part: 'Exact spot',
    part_hint: 'e.g. east staircase, 2nd floor',
    text: 'Description',
    text_hint: 'e.g. boxes block the escape route for three metres',
    photos: 'Photos',
    danger: 'Immediate danger',
    danger_hint: 'Someone may be hurt now; people must leave',
    fix_now: 'Can be fixed on the spot',
    fix_now_hint: 'e.g. clear the exit, unplug the charger',
    submit: 'Register',
    submitting: 'Sending, please keep the page open…',
    uploading: 'Photos are still being sent',
    done: 'Registered',
    done_hint: 'Number {number}; the next tasks go out by themselves.',
    another: 'Register another',
    danger_note: 'Get people out first, call 119 or 110, then register.',
  },
}

export default en
