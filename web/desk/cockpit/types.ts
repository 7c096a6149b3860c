// The shapes of the cockpit's routes.
import type { Answer, Page } from '@shared/types'

export type Health = Answer<'Health'>
export type Scheduler = Answer<'Scheduler'>
export type Watched = Answer<'WatchedDefinition'>
export type Heat = Answer<'Heat'>
export type ElementHeat = Answer<'ElementHeat'>
export type Found = Answer<'WatchedInstance'>
export type CaseTimer = Answer<'CaseTimer'>
export type WaitingMessage = Answer<'WaitingMessage'>
export type Notice = Answer<'OutboxNotice'>
export type Group = Answer<'IncidentGroup'>
export type IncidentCause = Answer<'IncidentCause'>
export type AuditEvent = Answer<'AuditEvent'>
export type RegisterEdit = Answer<'RegisterEdit'>
export type TreeLine = Answer<'TreeLine'>
export type Batch = Answer<'Batch'>
export type BatchItem = Answer<'BatchItem'>
export type Preview = Answer<'Preview'>
export type Timer = Answer<'Timer'>
export type { Page }

/** What is written at an element of a diagram. */
export interface Badge {
  running?: number
  incidents?: number
  text?: string
}

/** An element of a diagram that is shown, with its name for people. */
export interface DrawnElement {
  id: string
  name: string
  type: string
  timer?: string
}

/** One line of a repair order. */
export interface Instruction {
  do: string
  element?: string
  task?: string
  all?: boolean
  variables?: Record<string, unknown>
  names?: string[]
}
