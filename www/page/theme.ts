/** Light or dark: as the system has it, unless somebody chooses. */

const KEY = 'theme'

export function setUpTheme(select: HTMLSelectElement): void {
  select.value = localStorage.getItem(KEY) ?? 'system'
  apply(select.value)
  select.addEventListener('change', () => {
    localStorage.setItem(KEY, select.value)
    apply(select.value)
  })
}

function apply(theme: string): void {
  document.documentElement.style.colorScheme = theme === 'system' ? '' : theme
  dispatchEvent(new Event('themechange'))
}
