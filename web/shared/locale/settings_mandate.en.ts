// The English words of the written mandate of an absent head.
import type zh from './settings_mandate.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  none: 'None',
  give: 'Give a mandate',
  take: 'Take the mandate back',
  lead: 'While {head} is away, {substitute} may approve under a written mandate: seals and seizures, stops of business or use, approvals afterwards, answers about more time, documents, inspections, closures of major hazards. Extending a seal, a power cut, handing a case to the police and an application to the court stay with the head in person. The mandate ends with the substitution. Sample rule, needs a legal review.',
  example: 'For example 青应急授〔2026〕3号',
  file: 'The letter (photo or PDF, may be left out)',
  file_must: 'The letter signed by the head (photo or PDF)',
  recorded: 'Recorded by {name} from the signed letter',
}

export default en
