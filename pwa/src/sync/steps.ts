/** The chain of decisions over a section: which step stands next and who may take it (PROTOCOL.md A-3, D-8). */
import type { FoldedSection } from './folded'
import { findSection, type Rules } from './rules'

/** The first step that has no effective approval of the content yet; the last one where all have. */
export function nextStep(rules: Rules, found: FoldedSection | undefined, section: string): number {
  const steps = Math.max(1, findSection(rules, section)?.steps.length ?? 1)
  for (let step = 1; step < steps; step++) {
    if (!(found?.approved ?? []).some((approval) => approval.effective && approval.step === step && approval.content === found?.content)) return step
  }
  return steps
}

/** Whoever holds the duty of the step, or one above it. */
export function mayTakeStep(rules: Rules, section: string, step: number, duties: readonly string[]): boolean {
  const needed = rules.duties.indexOf(findSection(rules, section)?.steps[step - 1] ?? '')
  return duties.some((duty) => rules.duties.indexOf(duty) >= 0 && rules.duties.indexOf(duty) <= needed)
}

/** A first step was taken and a higher duty is awaited: seen without the rules, for the lines of lists. */
export function isHalfApproved(found: FoldedSection): boolean {
  return (found.status === 'submitted' || found.status === 'amendment_submitted') && found.approved.some((approval) => approval.effective && approval.content === found.content)
}
