// The English words of more time for what an order asked to be fixed.
import type { Words } from './words'
import type zh from './moreTime.zh-CN'

const en: Words<typeof zh> = {
  more_time: {
    title: 'More time for the order',
    due: 'Limit now',
    ask_by: 'Ask by',
    latest: 'Until at most',
    most: '({days} days more)',
    used: 'Extended',
    used_of: '{used} of at most {times} time(s)',
    decides: 'Who answers',
    head: 'Head of {organ}',
    waits: 'Waits for an answer',
    waiting: '{who} asked on {on} for {until}; the answer is due by {by}',
    file: 'Proof {n}',
    act: { ask: 'Ask for more time', note: 'Note a written request', answer: 'Answer the request' },
    hint: {
      ask: 'Say how many days and why, with proof. The head of the department that gave the order answers; until then the limit stands.',
      note: 'When the party handed in a written request: on which day it came and how many days it asks for. The head of this department answers.',
      answer: 'No more days than were asked for. If it is refused the limit stands.',
    },
    days: 'Days more (natural days)',
    asked_on: 'Came on (today when empty)',
    proof: 'Proof',
    grant: 'Grant',
    refuse: 'Refuse',
    would: 'If granted the limit becomes {due}',
    answered: 'The department answers by {by}',
  },
}

export default en
