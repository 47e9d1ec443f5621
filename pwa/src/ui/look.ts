/** How the app looks on this phone: theme, type size, contrast. Kept in localStorage because it says nothing about anyone. */
import { reactive, watchEffect } from 'vue'

export interface Look {
  theme: 'auto' | 'light' | 'dark'
  size: 'normal' | 'large'
  contrast: 'normal' | 'high'
}

const KEY = 'yihu.look'
const PLAIN: Look = { theme: 'auto', size: 'normal', contrast: 'normal' }

function stored(): Look {
  try {
    return { ...PLAIN, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Look>) }
  } catch {
    return { ...PLAIN } // storage refused or damaged: the plain look still works
  }
}

export const look = reactive<Look>(stored())

/** Keeps `<html>` in step with the look and with the system's dark mode. Called once by the shell. */
export function applyLook(): void {
  const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
  const paint = () => {
    const root = document.documentElement
    const dark = look.theme === 'dark' || (look.theme === 'auto' && systemDark.matches)
    root.setAttribute('data-theme', dark ? 'dark' : 'light')
    root.setAttribute('data-size', look.size)
    root.setAttribute('data-contrast', look.contrast)
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', dark ? '#171d24' : '#ffffff')
  }
  systemDark.addEventListener('change', paint)
  watchEffect(() => {
    paint()
    try {
      localStorage.setItem(KEY, JSON.stringify(look))
    } catch {
      // the look lasts until the app is closed, nothing else is lost
    }
  })
}
