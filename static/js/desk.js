/* The charts of the desk: their words in the colour of other words, in both themes. */
(() => {
  const colour = () => {
    const styles = getComputedStyle(document.documentElement);
    Chart.defaults.color = styles.getPropertyValue("--desk-muted").trim();
    for (const chart of Object.values(Chart.instances)) chart.update();
  };
  colour();
  new MutationObserver(colour).observe(document.documentElement, { attributeFilter: ["class"] });
})();
