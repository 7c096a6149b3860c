// The English words of listed supervision of whole units.
import type { Words } from './words'
import type zh from './unit_listing.zh-CN'

const en: Words<typeof zh> = {
  unit_listing: {
    title: 'Listed units',
    lead: 'Units with serious hazards, listed as a whole: decided, reported, published, put right, checked, taken off',
    back: 'Back to listed units',
    states: 'States',
    all: 'All',
    none: 'No unit is listed',
    none_hint: 'A leader of the street or the head of a department proposes a unit; the body that lists decides.',
    none_found: 'No listing like that',
    none_found_hint: 'Try another state or place.',
    column: { state: 'State', unit: 'Unit', reason: 'Reason', organ: 'Listed by', next: 'Next step', due: 'Due', ends: 'Listed until' },
    asked: 'proposed by {who} on {at}',
    over: 'ended {at}',
    term_over: 'term is over',
    rule: 'The days of each step follow rules of other places: an example, to be reviewed by lawyers.',
    start: 'Propose a unit',
    start_hint: 'Say why the whole unit should be listed; one listing of a unit at a time. The body decides within 5 working days. An example rule, to be reviewed by lawyers.',
    place: 'Unit (place)',
    reason: 'Reason',
    organ: 'Body that lists',
    next: 'Next: {step} ({who})',
    yours: 'Waiting for you',
    against: 'Hazards that stand against the check ({n}, major or overdue)',
    level: 'Level',
    document: 'Notice of listing',
    term: 'Term',
    supervisor: 'Supervised by',
    five: { measures: 'Measures', responsible: 'Responsible', funds: 'Funds', plan: 'Emergency plan' },
    look_up: 'See also',
    to_place: 'The place',
    to_hazards: 'Its hazards',
    to_documents: 'Its documents',
    to_listings: 'Its listings',
    steps: 'Steps',
  },
}

export default en
