/** The last steps of a form, whatever it asks: save, or save and submit; what is said while it runs, when it is done and when it fails. */
import { ref, type Ref } from 'vue'
import { t } from '../i18n'
import { sayError, type ErrorWords } from '../i18n/errors'
import { toast } from './toast'

export interface Filed {
  /** Writes what was typed; false where something keeps it from being written, which it has said itself. */
  store(): Promise<boolean>
  /** How many answers are wrong or owed before it may be submitted. */
  countMissing(): number
  /** Submits what was stored; false where people disagree about part of it. */
  submitStored(): Promise<boolean>
  leave(): Promise<void>
  isOnline(): boolean
}

export interface Filing { busy: Ref<string>; failure: Ref<ErrorWords | null>; save(): Promise<void>; submit(): Promise<void> }

/** `words`: the feature whose words say it (`saving`, `saved`, `submitting`, `missing`, `unsettled`, `submitted_now`…). */
export function useFiling(words: string, form: Filed): Filing {
  const busy = ref('')
  const failure = ref<ErrorWords | null>(null)

  async function run(saying: string, job: () => Promise<void>): Promise<void> {
    busy.value = saying
    try {
      await job()
    } catch (error) {
      failure.value = sayError(error)
    } finally {
      busy.value = ''
    }
  }
  async function finished(said: string): Promise<void> {
    toast(said, 'good')
    await form.leave()
  }
  async function store(): Promise<void> {
    if (await form.store()) await finished(t(`${words}.saved`))
  }
  async function fileIt(): Promise<void> {
    const missing = form.countMissing()
    if (missing) {
      failure.value = { what: t(`${words}.missing`, { count: missing }), safe: t(`${words}.missing_text`), code: 'required' }
      document.querySelector('.y-field--bad')?.scrollIntoView({ block: 'center' })
      return
    }
    if (!(await form.store())) return
    if (await form.submitStored()) await finished(t(`${words}.${form.isOnline() ? 'submitted_now' : 'submitted_later'}`))
    else failure.value = { what: t(`${words}.unsettled`), safe: t(`${words}.saved`), code: 'conflict' }
  }
  return { busy, failure, save: () => run(t(`${words}.saving`), store), submit: () => run(t(`${words}.submitting`), fileIt) }
}
